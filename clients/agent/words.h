// Small helpers for text from exports: trimming, folding, what counts as yes.
// Pure. Text is UTF-8.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CLIENTS_AGENT_WORDS_H_
#define SAMKOER_CLIENTS_AGENT_WORDS_H_

#include <string>
#include <string_view>

namespace samkoer::agent {

// Without white space, no-break spaces and zero-width spaces at both ends. The
// result is a part of the input.
std::string_view TrimText(std::string_view text);

// For comparing words of people: trimmed, NFC, case folded (Unicode, so that
// "ÅBEN" equals "åben"). Invalid UTF-8 becomes U+FFFD.
std::string FoldText(std::string_view text);

// True for "1", "j", "ja", "x", "y", "yes", "true", "sand", in any case.
bool MeansYes(std::string_view text);
// True for "0", "n", "nej", "no", "false", "falsk", in any case.
bool MeansNo(std::string_view text);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_WORDS_H_

// Checks text that people or departments wrote, before it is stored or shown.
#ifndef SAMKOER_PROTO_PLAIN_TEXT_H_
#define SAMKOER_PROTO_PLAIN_TEXT_H_

#include <string_view>

namespace samkoer::proto {

// True if `text` is valid UTF-8: no overlong forms, no surrogates, nothing over
// U+10FFFF. Control characters are fine.
bool IsValidUtf8(std::string_view text);

// True if `text` is valid UTF-8 without control characters (C0, DEL, C1) and
// without the line, paragraph and direction controls U+2028 to U+202E and
// U+2066 to U+2069, which would let a text break lines or reorder what stands
// around it on a screen. Empty is fine.
bool IsPlainLine(std::string_view text);

// As IsPlainLine, but tab and newline are allowed: for notes and reasons.
bool IsPlainText(std::string_view text);

}  // namespace samkoer::proto

#endif  // SAMKOER_PROTO_PLAIN_TEXT_H_

// What column names, status words and KLE codes commonly mean in Danish
// exports: the knowledge that `setup` proposes from. Pure.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CLIENTS_AGENT_SETUP_WORDS_H_
#define SAMKOER_CLIENTS_AGENT_SETUP_WORDS_H_

#include <optional>
#include <string_view>

#include "clients/agent/columns.h"
#include "samkoer/v1/types.pb.h"

namespace samkoer::agent {

// How surely a header's text names the column: from 1 (most common) up; 0 if it
// is not known for it.
int NameRank(Column column, std::string_view name);
// True if the text names some column of ours: then the line is a header.
bool IsKnownName(std::string_view name);

// True for the name of a column that is about somebody else than the person of
// the case: a parent, a spouse, a caseworker.
bool NamesSomebodyElse(std::string_view name);
// True for a date that is about the person and not about the case.
bool NamesBirth(std::string_view name);

// What a status word commonly means; CASE_STATUS_UNSPECIFIED if that is not
// known ("ja", "visiteret").
v1::CaseStatus UsualStatus(std::string_view word);

// The start of a KLE code that settles its domain, and the domain.
struct UsualDomain {
  std::string_view prefix;
  v1::Domain domain;
};
// Nothing where municipalities differ (27.48 and 27.54 are social here and
// disability there) or where nothing is known: a person decides.
std::optional<UsualDomain> FindUsualDomain(std::string_view kle);

// "27.24.03", "27.24.03-G01", "27.24": two or three groups of two digits, and
// an action facet after three.
bool IsKle(std::string_view text);

// True for a text that stands for no value in exports ("NULL", "-").
bool IsNullWord(std::string_view text);

// True for a word that can be shown although it comes from a row: it is short,
// and neither a number, an address nor the name of a person.
bool IsShowableWord(std::string_view text);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_SETUP_WORDS_H_

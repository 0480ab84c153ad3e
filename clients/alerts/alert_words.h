// The words for what the protos number: states, domains, events. Pure.
#ifndef SAMKOER_CLIENTS_ALERTS_ALERT_WORDS_H_
#define SAMKOER_CLIENTS_ALERTS_ALERT_WORDS_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "clients/alerts/text.h"
#include "samkoer/v1/types.pb.h"

namespace samkoer::clients {

// "konference planlagt"; "ukendt tilstand 17" for a number of a newer server.
std::string StateText(v1::AlertState state, Language language);
// "Handicap og psykiatri".
std::string DomainText(v1::Domain domain, Language language);
// "oprettet" for the history event "opened"; an unknown event as it is.
std::string EventText(std::string_view event, Language language);

// The state that a word names: the Danish or English word, or the enum's name
// with or without its prefix. Case, spaces, hyphens and underscores between
// words do not matter ("konference-planlagt", "GUIDE_ASSIGNED").
// INVALID_ARGUMENT with the list of words as a hint.
absl::StatusOr<v1::AlertState> ParseState(std::string_view word,
                                          Language language);
// The same of a state that a person may set: not "withdrawn", which the rule
// alone sets. The hint lists these only.
absl::StatusOr<v1::AlertState> ParseSettableState(std::string_view word,
                                                  Language language);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_ALERT_WORDS_H_

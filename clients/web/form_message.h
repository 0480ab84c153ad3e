// Fills a message of the contract with the fields of a form: flat texts, so
// that nothing nested has to be parsed. Pure.
#ifndef SAMKOER_CLIENTS_WEB_FORM_MESSAGE_H_
#define SAMKOER_CLIENTS_WEB_FORM_MESSAGE_H_

#include <string_view>

#include "absl/status/status.h"
#include "clients/web/http_rules.h"
#include "google/protobuf/message.h"

namespace samkoer::clients {

// Sets the field that `name` leads to: "note", "guide.holder.unit"; at most
// four steps. Numbers are decimal, bools "true" or "false", enums their names
// ("ALERT_STATE_OFFERED"). A message itself is given as "offer" with an empty
// value: it is there, with nothing in it. A repeated field of texts or enums
// gets one value more, at most 100; others cannot be set, nor can bytes.
// INVALID_ARGUMENT for an unknown name or a value that does not fit; the value
// is not repeated.
absl::Status SetField(google::protobuf::Message& message, std::string_view name,
                      std::string_view value);

// SetField for each.
absl::Status FillMessage(google::protobuf::Message& message,
                         const Fields& fields);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_WEB_FORM_MESSAGE_H_

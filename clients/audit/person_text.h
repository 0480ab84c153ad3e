// What is held about one person, as the privacy officer reads it. Pure.
#ifndef SAMKOER_CLIENTS_AUDIT_PERSON_TEXT_H_
#define SAMKOER_CLIENTS_AUDIT_PERSON_TEXT_H_

#include <string>

#include "clients/alerts/alert_text.h"
#include "samkoer/v1/audit.pb.h"

namespace samkoer::clients {

// Records (from whom, since when), alert, and who has seen it; or that nothing
// is held. Everything is made terminal-safe.
std::string PersonPage(const v1::LookUpPersonResponse& person,
                       const TextStyle& style);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_PERSON_TEXT_H_

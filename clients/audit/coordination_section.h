// What people have agreed about the citizen's coordination, as a part of the
// report. Pure.
#ifndef SAMKOER_CLIENTS_AUDIT_COORDINATION_SECTION_H_
#define SAMKOER_CLIENTS_AUDIT_COORDINATION_SECTION_H_

#include "clients/alerts/html.h"
#include "clients/alerts/text_style.h"
#include "samkoer/v1/audit.pb.h"

namespace samkoer::clients {

// All that Alert.coordination holds, as a table; one sentence if it holds
// nothing. Of employees where they work and what they do, never a name,
// whether or not PrepareForCitizen was called.
Html CoordinationSection(const v1::LookUpPersonResponse& person,
                         const TextStyle& style);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_COORDINATION_SECTION_H_

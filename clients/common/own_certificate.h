// Whom the servers take this program's user for: so that a person is told
// before being asked, and not afterwards, what they will refuse.
#ifndef SAMKOER_CLIENTS_COMMON_OWN_CERTIFICATE_H_
#define SAMKOER_CLIENTS_COMMON_OWN_CERTIFICATE_H_

#include <string>
#include <string_view>

#include "samkoer/v1/agent_config.pb.h"

namespace samkoer::clients {

// The URI in the own certificate, "samkoer://viborg/privacy-officer/peter". A
// relative path is relative to the file `config_file`. Empty if there is none,
// or it cannot be read: then the server alone knows.
std::string OwnUri(const v1::ClientTls& tls, std::string_view config_file);

// Whether both name the same person, under whatever role: the last part counts,
// as on the servers. False for what is no URI of a certificate. Pure.
bool IsSamePerson(std::string_view a, std::string_view b);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_COMMON_OWN_CERTIFICATE_H_

// Whom to turn to about the department's cases of which its own inbox says
// nothing: the default contact by age and case (docs/decisions/0034). Pure.
//
// That a case is not in the inbox says that no coordinated effort is going on
// with this department in it, and nothing more: never that nobody else knows
// the person.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CLIENTS_AGENT_DEFAULT_CONTACTS_H_
#define SAMKOER_CLIENTS_AGENT_DEFAULT_CONTACTS_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "clients/agent/clean_case.h"
#include "clients/agent/dates.h"
#include "samkoer/v1/agent_config.pb.h"

namespace samkoer::agent {

// One case and whom to turn to.
struct CaseContact {
  std::string case_ref;
  // Empty if no entry of default_contacts fits.
  std::string contact;
  friend auto operator<=>(const CaseContact&, const CaseContact&) = default;
};

// What ListContacts found.
struct ContactList {
  // In the order of default_contacts, those without a contact last; then by
  // reference. A case of several persons stands there once a contact.
  std::vector<CaseContact> cases;
  // References of `cases` for which no entry fits.
  std::uint64_t without_contact = 0;
  // References that are left out, because a coordinated effort is going on.
  std::uint64_t coordinated = 0;
};

// `cases` are those that a snapshot would send (open, permitted); `inbox` is
// the department's whole inbox. A person in one of the inbox's cases is left
// out with all cases. Where a case has more persons than the inbox has alerts
// of it, the inbox does not say who is meant: then nobody is left out, because
// one line too many costs less than a young person whom nobody has.
ContactList ListContacts(std::span<const CleanCase> cases,
                         std::span<const v1::InboxEntry> inbox,
                         const v1::AgentConfig& config, const CivilDate& day);

// A sheet to print, in Danish, as caseworkers read it: the cases under each
// contact. Made terminal-safe.
std::string ContactSheet(const ContactList& list, const CivilDate& day);
// The same for a spreadsheet: UTF-8 with a byte order mark, "sag;kontakt".
std::string ContactCsv(const ContactList& list);
// The same for machines, one object.
std::string ContactJson(const ContactList& list);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_DEFAULT_CONTACTS_H_

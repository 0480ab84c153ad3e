#include "clients/agent/default_contacts.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "clients/agent/json.h"
#include "clients/agent/words.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/csv_writer.h"
#include "crypto/absl_view.h"

namespace samkoer::agent {
namespace {

using crypto::AbslView;

bool Fits(const v1::DefaultContact& entry, const v1::CaseRecord& record,
          int age) {
  if (age < 0 || static_cast<std::uint32_t>(age) < entry.age_from() ||
      static_cast<std::uint32_t>(age) >= entry.age_below()) {
    return false;
  }
  const auto& domains = entry.domains();
  if (!domains.empty() && std::find(domains.begin(), domains.end(),
                                    record.domain()) == domains.end()) {
    return false;
  }
  const auto& units = entry.units();
  if (units.empty()) return true;
  const std::string unit = FoldText(record.unit());
  return std::any_of(units.begin(), units.end(), [&](const std::string& one) {
    return FoldText(one) == unit;
  });
}

// The place of the first entry that fits; their number if none does.
int FindContact(const v1::AgentConfig& config, const v1::CaseRecord& record,
                int age) {
  int place = 0;
  while (place < config.default_contacts_size() &&
         !Fits(config.default_contacts(place), record, age)) {
    ++place;
  }
  return place;
}

// The digits of those of whom the inbox says that an effort is going on. The
// views are into `cases`.
absl::flat_hash_set<absl::string_view> Coordinated(
    std::span<const CleanCase> cases, std::span<const v1::InboxEntry> inbox) {
  absl::flat_hash_map<absl::string_view, std::set<std::string_view>> alerts;
  for (const v1::InboxEntry& entry : inbox) {
    alerts[entry.case_ref()].insert(entry.alert_id());
  }
  absl::flat_hash_map<absl::string_view, std::size_t> persons;
  for (const CleanCase& one : cases) ++persons[one.record.case_ref()];
  absl::flat_hash_set<absl::string_view> found;
  for (const CleanCase& one : cases) {
    const auto hit = alerts.find(one.record.case_ref());
    if (hit != alerts.end() &&
        hit->second.size() >= persons[one.record.case_ref()]) {
      found.insert(AbslView(one.ExposeDigits()));
    }
  }
  return found;
}

}  // namespace

ContactList ListContacts(std::span<const CleanCase> cases,
                         std::span<const v1::InboxEntry> inbox,
                         const v1::AgentConfig& config, const CivilDate& day) {
  const auto coordinated = Coordinated(cases, inbox);
  std::set<std::tuple<int, std::string>> lines;
  std::set<std::string_view> left_out, kept, without;
  for (const CleanCase& one : cases) {
    const std::string& ref = one.record.case_ref();
    if (coordinated.contains(AbslView(one.ExposeDigits()))) {
      left_out.insert(ref);
      continue;
    }
    const int age =
        clients::AgeOn(clients::ParseCpr(one.ExposeDigits()).birth, day);
    const int place = FindContact(config, one.record, age);
    kept.insert(ref);
    if (place == config.default_contacts_size()) without.insert(ref);
    lines.emplace(place, ref);
  }
  ContactList out;
  std::erase_if(left_out,
                [&](std::string_view ref) { return kept.count(ref) != 0; });
  out.coordinated = left_out.size();
  out.without_contact = without.size();
  for (const auto& [place, ref] : lines) {
    out.cases.push_back({ref, place < config.default_contacts_size()
                                  ? config.default_contacts(place).contact()
                                  : ""});
  }
  return out;
}

std::string ContactSheet(const ContactList& list, const CivilDate& day) {
  std::string out = clients::Cat(
      "Sager uden koordineret indsats, ", FormatIsoDay(day),
      "\nDet er jeres egne sager. Listen siger ikke, om andre kender den "
      "unge.\n");
  if (list.cases.empty()) out += "\nIngen.\n";
  std::string_view contact;
  bool first = true;
  for (const CaseContact& one : list.cases) {
    if (first || one.contact != contact) {
      out += clients::Cat("\n",
                          one.contact.empty()
                              ? "Ingen fast kontakt passer; tilføj en i "
                                "default_contacts"
                              : clients::TerminalSafe(one.contact),
                          "\n");
      contact = one.contact;
      first = false;
    }
    out += clients::Cat("  [ ] ", clients::TerminalSafe(one.case_ref), "\n");
  }
  return out;
}

std::string ContactCsv(const ContactList& list) {
  std::string out = "\xEF\xBB\xBF";
  out += clients::CsvLine({"sag", "kontakt"});
  for (const CaseContact& one : list.cases) {
    out += clients::CsvLine({one.case_ref, one.contact});
  }
  return out;
}

std::string ContactJson(const ContactList& list) {
  std::string cases;
  for (const CaseContact& one : list.cases) {
    JsonObject line;
    line.Add("case_ref", one.case_ref).Add("contact", one.contact);
    cases += clients::Cat(cases.empty() ? "" : ",\n ", line.Text());
  }
  JsonObject out;
  out.AddRaw("cases", clients::Cat("[", cases, "]"))
      .Add("without_contact", list.without_contact)
      .Add("coordinated", list.coordinated);
  return clients::Cat(out.Text(), "\n");
}

}  // namespace samkoer::agent

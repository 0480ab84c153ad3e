#include <iostream>

#include "absl/status/status.h"
#include "clients/agent/commands.h"
#include "clients/agent/default_contacts.h"
#include "clients/agent/matcher_link.h"
#include "clients/agent/run_support.h"
#include "clients/common/cat.h"

namespace samkoer::agent {

int RunContacts(const CommandContext& context, const ContactsOptions& options) {
  int exit_code = 0;
  const auto config = OpenConfig(context, exit_code);
  if (!config) return exit_code;
  if (config->proto.default_contacts().empty()) {
    clients::PrintError(
        absl::FailedPreconditionError("the configuration names no contact"),
        "write default_contacts; docs/agent.md has an example");
    return kExitConfig;
  }
  const auto day = DayOf(context);
  if (!day.ok()) return clients::Fail(day.status());
  const auto source = SourceOf(*config, options.file);
  if (!source.ok()) return clients::Fail(source.status());
  // The inbox first: a case that is convened while the export is read is then
  // listed once too often, never once too seldom.
  auto matcher = OpenMatcher(*config);
  if (!matcher.ok()) return clients::Fail(matcher.status());
  const auto inbox = FetchInbox(**matcher, kMaxInboxEntries);
  if (!inbox.ok()) return clients::Fail(inbox.status());
  ReadOptions read;
  read.day = *day;
  const auto data = ReadAndReport(*config, *source, read);
  if (!data.ok()) return clients::Fail(data.status());

  const ContactList list =
      ListContacts(data->cases, *inbox, config->proto, *day);
  if (options.csv) {
    std::cout << ContactCsv(list);
  } else if (context.format == clients::OutputFormat::kJson) {
    std::cout << ContactJson(list);
  } else {
    std::cout << ContactSheet(list, *day);
  }
  std::cout.flush();
  if (!std::cout) {
    return clients::Fail(absl::InternalError("cannot write the output"));
  }
  if (list.without_contact > 0) {
    clients::PrintError(
        absl::InvalidArgumentError(clients::Cat(
            list.without_contact, " cases fit no entry of default_contacts")),
        "an entry with neither domains nor units catches the rest of its ages");
    return kExitRejects;
  }
  return FinishWith(MakeSummary(*config, *source, *day, *data));
}

}  // namespace samkoer::agent

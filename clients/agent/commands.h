// The commands of samkoer-agent. Each prints its result to stdout and its
// errors to stderr, and returns the exit code (docs: `samkoer-agent --help`).
#ifndef SAMKOER_CLIENTS_AGENT_COMMANDS_H_
#define SAMKOER_CLIENTS_AGENT_COMMANDS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "clients/common/cli.h"
#include "crypto/sealed_file.h"

namespace samkoer::agent {

// More rows were set aside than the configuration allows. The work was done
// all the same: what is in order must not wait for what is not.
inline constexpr int kExitRejects = 2;
// The configuration cannot be used (sysexits: EX_CONFIG).
inline constexpr int kExitConfig = 78;

// What all commands are given.
struct CommandContext {
  std::string config_path;
  clients::OutputFormat format = clients::OutputFormat::kHuman;
  // "YYYY-MM-DD", or empty for today. For demos and tests.
  std::string day;
};

// Reads, cleans and shows; sends nothing and asks nobody.
struct CheckOptions {
  bool delta = false;
  // Instead of the configuration's source, if not empty.
  std::string file;
  // Explain the row that begins on this line, in place of the summary; 0 means
  // none.
  std::int64_t explain_line = 0;
};
int RunCheck(const CommandContext& context, const CheckOptions& options);

// Sends a snapshot or a delta.
struct PushOptions {
  bool delta = false;
  std::string file;
  // A file of case references that no longer exist, one a line; deltas only.
  std::string withdrawn_file;
  bool allow_shrink = false;
  // If the cache's key has to be made: seal it under a passphrase hashed with
  // little memory. For demos and tests.
  bool fast_unlock = false;
};
int RunPush(const CommandContext& context, const PushOptions& options);
// How the cache's key is sealed if this push makes it: the flag alone decides,
// because the key stays for years.
crypto::SealStrength CacheKeyStrength(const PushOptions& options);

// The service: pushes each day, or whatever comes into the drop folder, until
// SIGTERM. One at a time in a state directory.
struct RunOptions {
  // One round: today's push, or all files that are complete.
  bool once = false;
  // As PushOptions::fast_unlock.
  bool fast_unlock = false;
};
int RunService(const CommandContext& context, const RunOptions& options);
// 0 if the service's last good push is young enough, else 69 and the reason.
int RunHealth(const CommandContext& context);

// Lists the department's own cases that the coordinator has convened, and the
// notices of cases that it is to look into since a person was erased.
struct InboxOptions {
  // The notices that are shown are acknowledged, once they are printed: the
  // matcher deletes them.
  bool acknowledge = false;
  // Print only the sheet of the coming conferences (agenda_text.h).
  bool agenda = false;
};
int RunInbox(const CommandContext& context, const InboxOptions& options);

// Lists the department's own open cases that stand in no coordinated effort,
// each with its default contact (default_contacts.h). The matcher is asked for
// the inbox and nothing else.
struct ContactsOptions {
  // Instead of the configuration's source, if not empty.
  std::string file;
  // For a spreadsheet, in place of the sheet.
  bool csv = false;
};
int RunContacts(const CommandContext& context, const ContactsOptions& options);

// Nominates the young person of one of the department's own open cases.
struct NominateOptions {
  std::string case_ref;
  std::string reason;
};
int RunNominate(const CommandContext& context, const NominateOptions& options);

// Answers a handover that stands in the inbox.
struct HandoverOptions {
  std::string alert_id;
  std::uint32_t handover_id = 0;
  bool accepted = false;
};
int RunHandover(const CommandContext& context, const HandoverOptions& options);

// Asks the coordinator something that names nobody.
struct AskOptions {
  std::string text;
  // About drop-out of somebody outside the target group, rather than about who
  // belongs to it.
  bool dropout = false;
};
int RunAsk(const CommandContext& context, const AskOptions& options);

// Lists the department's own questions.
struct InquiryOptions {
  // Also answered ones.
  bool answered = false;
};
int RunInquiries(const CommandContext& context, const InquiryOptions& options);

// Says what the cache holds; removes it.
int RunCacheInfo(const CommandContext& context);
int RunCacheClear(const CommandContext& context);

// Proposes a configuration for a sample of the export, asks what the sample
// does not tell (on a terminal), shows what would be sent and writes the file
// of CommandContext::config_path.
struct SetupOptions {
  // The sample; empty with odbc.
  std::string sample;
  // What the configuration is to read every night; empty means the sample.
  std::string source;
  // A configuration's file with some of its fields.
  std::string answers_file;
  // Key and value (setup_proposal.h), in the order given.
  std::vector<std::pair<std::string, std::string>> answers;
  // "FILE", "FILE:KEY" or "FILE:KEY:FILE_KEY".
  std::vector<std::string> joins;
  // Take purpose, ages and units from the matcher.
  bool ask_matcher = false;
  bool overwrite = false;
  // Show it and write nothing.
  bool dry_run = false;
};
int RunSetup(const CommandContext& context, const SetupOptions& options);

// Checks the configuration and says what it means.
int RunValidateConfig(const CommandContext& context);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_COMMANDS_H_

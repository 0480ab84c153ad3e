// What samkoer-matcherd does, one function a subcommand. Each returns the
// process's exit code and has told errors on standard error.
#ifndef SAMKOER_SERVER_MATCHERD_COMMANDS_H_
#define SAMKOER_SERVER_MATCHERD_COMMANDS_H_

#include <string>

namespace samkoer::server {

struct MatcherdArguments {
  std::string config;  // the configuration file
  // run: the day that counts as today, "YYYY-MM-DD"; empty for the real one.
  std::string as_of;
  // run: accept a store that does not fit the checkpoint outside.
  bool declare_loss = false;
  // run: start although it last ran longer ago than kMaxClockGap.
  bool clock_is_right = false;
  // init: hash the passphrase with little memory; for demos and tests.
  bool fast_unlock = false;
  std::string version;  // the program's
};

// Makes the sealed keyring and the store, and prints the log's verifier key.
// Goes on where it was interrupted; never replaces anything.
int InitMatcherd(const MatcherdArguments& arguments);
// Serves until SIGTERM or SIGINT; SIGHUP reads the policy again.
int RunMatcherd(const MatcherdArguments& arguments);
// Reads configuration, policy, certificate and revocation list.
int CheckMatcherdConfig(const MatcherdArguments& arguments);
// Prints the key that the log's checkpoints are verified with.
int PrintVerifierKey(const MatcherdArguments& arguments);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_MATCHERD_COMMANDS_H_

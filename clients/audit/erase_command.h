// `samkoer-audit person erase` and `person lift-objection`: what a citizen may
// demand beyond access. The CPR number is blinded on this machine; neither
// server sees it.
#ifndef SAMKOER_CLIENTS_AUDIT_ERASE_COMMAND_H_
#define SAMKOER_CLIENTS_AUDIT_ERASE_COMMAND_H_

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/audit/person_epochs.h"
#include "clients/audit/verify_command.h"
#include "clients/common/cpr.h"
#include "samkoer/v1/audit.grpc.pb.h"
#include "samkoer/v1/rights.grpc.pb.h"

namespace samkoer::clients {

struct EraseOptions {
  // Why; as PersonOptions.
  std::string reason;
  PersonKeys keys;
  // Records of the person are refused from now on.
  bool objection = false;
};

// Asks the officer; true if the answer was yes.
using Confirm = std::function<bool(const std::string& question)>;

// Erases the person under every live epoch and prints what went. With `show`
// the person is looked up first, with a leaf of its own, and the question says
// what is held; without, nothing is sent before the question. `confirm` is
// asked before anything is erased; without a yes nothing is (CANCELLED).
//
// If nothing was erased and an epoch was refused, the refusal is the answer: a
// person must not seem erased who was not found. `cpr` must be valid.
// INVALID_ARGUMENT for a reason that is not fit for the log; errors of
// PseudonymClient and of the matcher.
absl::Status ErasePerson(v1::Rights::StubInterface& matcher,
                         std::shared_ptr<grpc::ChannelInterface> key_service,
                         const Cpr& cpr, const EraseOptions& options,
                         const Confirm& confirm, const AuditOutput& output,
                         v1::Audit::StubInterface* show = nullptr);

// What is to be erased, for the question: cases of each department, months of
// birth, the alert and its state, an objection. Lines that end with "\n".
std::string WhatIsHeld(std::span<const v1::LookUpPersonResponse> held,
                       Language language);

// Lifts the person's objection under every live epoch; `options.objection` does
// not matter. Errors as ErasePerson; nothing is asked.
absl::Status LiftObjection(v1::Rights::StubInterface& matcher,
                           std::shared_ptr<grpc::ChannelInterface> key_service,
                           const Cpr& cpr, const EraseOptions& options,
                           const AuditOutput& output);

// What asks: nothing if `yes`; on a terminal the officer, who must type "slet"
// ("erase" in English). INVALID_ARGUMENT if there is neither, so that a script
// says what it means.
absl::StatusOr<Confirm> ConfirmErasure(bool yes, Language language, int fd = 0);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_ERASE_COMMAND_H_

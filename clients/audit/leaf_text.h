// Entries of the log as a privacy officer reads them. Pure. Everything from a
// leaf is made terminal-safe.
#ifndef SAMKOER_CLIENTS_AUDIT_LEAF_TEXT_H_
#define SAMKOER_CLIENTS_AUDIT_LEAF_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "clients/alerts/alert_text.h"
#include "samkoer/v1/audit.pb.h"

namespace samkoer::clients {

// A leaf's message. Nothing if the bytes are no AuditLeaf of version 1: the log
// may hold entries of a newer program, which count for the root like any other.
std::optional<v1::AuditLeaf> ParseLeaf(std::string_view bytes);

// "Advis læst"; the number for an action of a newer program.
std::string ActionText(v1::AuditAction action, Language language);

// The action that a word names: the enum's name with or without its prefix, in
// any case, with hyphens or underscores ("alerts-read"). INVALID_ARGUMENT with
// the list of names as a hint.
absl::StatusOr<v1::AuditAction> ParseAction(std::string_view word,
                                            Language language);

// One line without a newline: index, time, actor, action, counts, how many
// persons, reason, detail.
std::string LeafLine(std::uint64_t index, std::string_view leaf,
                     const TextStyle& style);

// {"index":17,"leaf":{...}} in one line, the leaf as JsonText writes it; for an
// unknown version {"index":17,"unknown_bytes":COUNT}.
absl::StatusOr<std::string> LeafJson(std::uint64_t index,
                                     std::string_view leaf);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_LEAF_TEXT_H_

// The audit rpcs of one server, as a client that trusts nothing uses them.
#ifndef SAMKOER_CLIENTS_AUDIT_LOG_SERVER_H_
#define SAMKOER_CLIENTS_AUDIT_LOG_SERVER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/alerts/text.h"
#include "clients/audit/log_verifier.h"
#include "crypto/merkle.h"
#include "crypto/signed_note.h"
#include "samkoer/v1/audit.grpc.pb.h"

namespace samkoer::clients {

// One server's log. For one thread at a time.
class LogServer {
 public:
  // `stub` must outlive this. `language` is that of errors.
  LogServer(Peer peer, v1::Audit::StubInterface& stub, Language language)
      : peer_(peer), stub_(stub), language_(language) {}

  Peer peer() const { return peer_; }
  Language language() const { return language_; }

  // The newest signed note, unchecked; and into `cosigned`, if given, the
  // newest that witnesses have cosigned, or an empty text.
  absl::StatusOr<std::string> FetchNote(std::string* cosigned = nullptr);

  // The consistency proof between two sizes, 1 <= first <= second; unchecked.
  absl::StatusOr<std::vector<crypto::Hash32>> FetchConsistencyProof(
      std::uint64_t first, std::uint64_t second);

  // Streams the leaves from `start` up to but not including `end`, batch by
  // batch, into `visit`; does nothing if there are none. DATA_LOSS if the
  // server sends more than was asked for; what `visit` returns ends the stream.
  // Fewer leaves than asked for are not an error here: the root tells.
  absl::Status StreamLeaves(
      std::uint64_t start, std::uint64_t end,
      const std::function<absl::Status(const v1::LeafBatch&)>& visit);

 private:
  const Peer peer_;
  v1::Audit::StubInterface& stub_;
  const Language language_;
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_LOG_SERVER_H_

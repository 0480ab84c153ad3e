// Every limit of the servers, with its unit and the reason for its size. Those
// that both sides of the wire must know stand in proto/limits.h. The number of
// connections an address may open (20) and the addresses that may connect are
// the firewall's, in deploy/: gRPC sees a peer only after its handshake.
#ifndef SAMKOER_SERVER_LIMITS_H_
#define SAMKOER_SERVER_LIMITS_H_

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"
#include "proto/limits.h"

namespace samkoer::server {

// --- Clock ---

// Wall time may run ahead of the time since the machine started by so much
// while a server runs. Retention counts in days: less makes nothing due that
// the next day would not.
inline constexpr absl::Duration kMaxClockLeap = absl::Hours(24);
// A server may start so long after it last ran without being told that the
// clock is right: longer than any planned stop.
inline constexpr absl::Duration kMaxClockGap = absl::Hours(14 * 24);
// How often a running server says in a file that it runs.
inline constexpr absl::Duration kAliveInterval = absl::Hours(1);

// --- Connections ---

// From the first byte to the end of TLS. gRPC's default of 120 s lets a peer
// without a certificate hold a socket; a slow line needs under 2 s, but where
// all processors are busy with a commit a lawful peer was refused after 5 s. The
// firewall bounds how many sockets an address holds meanwhile.
inline constexpr absl::Duration kHandshakeTimeout = absl::Seconds(20);
// Bytes of one received message. The largest lawful ones are 1 MiB of bucket
// digests and a full batch of full records, 1.0 MB. No more than that takes,
// because a record of two bytes on the wire is 136 in memory.
inline constexpr std::size_t kMaxReceiveBytes = 1280 * 1024;
// Bytes of one sent message: as many as the clients take.
inline constexpr std::size_t kMaxSendBytes = proto::kMaxMessageBytes;
// Bytes of a call's headers. We use none of our own; gRPC's need under 1 KiB.
inline constexpr std::size_t kMaxMetadataBytes = 8 * 1024;
// Streams a connection. An agent uses up to 16 at once (parallel evaluations),
// a person's program three.
inline constexpr int kMaxStreamsPerConnection = 32;
// Bytes that gRPC may hold for all connections together. 32 streams that each
// hold a largest message, twice over.
inline constexpr std::size_t kResourceQuotaBytes = 256 * 1024 * 1024;
// The server asks a silent connection for a sign of life after this long, and
// drops it when there is none in time: a dead agent must not hold a push.
inline constexpr absl::Duration kKeepaliveTime = absl::Seconds(60);
inline constexpr absl::Duration kKeepaliveTimeout = absl::Seconds(20);
// A client may ping this often. gRPC's default of 5 minutes would end
// followers behind firewalls that forget connections after 60 s.
inline constexpr absl::Duration kMinClientPingInterval = absl::Seconds(20);
// A connection without calls is closed: nobody needs to keep one.
inline constexpr absl::Duration kMaxConnectionIdle = absl::Minutes(10);
// A connection is ended in good order at this age, so that a certificate which
// has expired cannot be used much longer. Pushes of a million records take
// minutes, and go on after a break; followers resume by cursor.
inline constexpr absl::Duration kMaxConnectionAge = absl::Hours(6);
inline constexpr absl::Duration kMaxConnectionAgeGrace = absl::Minutes(10);

// --- Calls ---
// gRPC's sync server makes a thread a running call; these counters, not
// SetMaxThreads (which refuses spuriously), bound the threads. A call over a
// bound is answered RESOURCE_EXHAUSTED at once.

// Calls at once of one certificate, all rpcs together.
inline constexpr int kMaxCallsPerCertificate = 32;
// Calls at once of all certificates of one role: 1,000 departments push in the
// same night, not in the same second.
inline constexpr int kMaxCallsPerRole = 256;
// Push streams of one department. One counts, the newest: it tells the others
// to end. The rest is room for those that are just ending.
inline constexpr int kMaxPushesPerDepartment = 4;
// Open followers of one certificate, and of all: people, not machines.
inline constexpr int kMaxFollowersPerCertificate = 4;
inline constexpr int kMaxFollowers = 64;
// Calls of one caller that each write a leaf of the audit log (alerts listed or
// shown, log reads, look-ups, streams of pushes and of the feed): as many at
// once, and as many more in 24 hours, evenly. A leaf takes about 200 bytes, so
// that the busiest caller adds 17 MB a day. A person makes some hundred a day,
// a follower one whenever its connection is new, a script that shows every
// alert of a large municipality a thousand.
inline constexpr std::uint64_t kLoggedCallsBurst = 2000;
inline constexpr std::uint64_t kLoggedCallsPerDay = 86'400;
// Batches of one push that are stored but whose receipts are not yet written.
// Over this the reader waits, so that a push holds at most 4 MiB.
inline constexpr std::size_t kMaxUnansweredBatches = 16;

// Web pages that act for people (MatcherdConfig.portals); one is usual.
inline constexpr int kMaxPortals = 8;

// --- Time ---

// A push without a frame for this long is ended with DEADLINE_EXCEEDED; the
// agent goes on later with the same push id.
inline constexpr absl::Duration kPushIdleTimeout = absl::Minutes(2);
// A client that takes an answer only after this long is told
// RESOURCE_EXHAUSTED; one that does not take it at all is cut after the longer
// time: a slow reader must not hold a thread for ever, and resumes by cursor.
inline constexpr absl::Duration kSlowWrite = absl::Seconds(10);
inline constexpr absl::Duration kWriteTimeout = absl::Seconds(60);
// How often blocked writes are looked at, and how long a follower waits for
// news before it looks at its certificate and at the server's end.
inline constexpr absl::Duration kStreamLook = absl::Seconds(1);
// Follow sends a sign of life after this long without news.
inline constexpr absl::Duration kFeedHeartbeat = absl::Seconds(15);
// How often the list of revoked certificates is looked at. With kStreamLook
// well under the 60 s in which a revoked certificate's streams must end.
inline constexpr absl::Duration kRevocationReread = absl::Seconds(10);
// How often the files of the server's own certificate are read again: a renewal
// should not be waited for, and three small files cost nothing.
inline constexpr absl::Duration kCertificateReread = absl::Seconds(10);
// How often gRPC looks whether it has been given others. Whole seconds.
inline constexpr absl::Duration kCertificateRefresh = absl::Seconds(2);
// After SIGTERM: how long running calls may take to end before they are cut.
// Below systemd's 90 s.
inline constexpr absl::Duration kShutdownGrace = absl::Seconds(20);

// --- Sizes ---

// Feed entries read from the store at once for one follower: a snapshot is
// held no longer than it takes to read as many.
inline constexpr std::size_t kFeedPageEntries = 128;
// Leaves of the log in one message, and about how many bytes.
inline constexpr std::size_t kMaxLeavesPerMessage = 1000;
inline constexpr std::size_t kMaxLeafBatchBytes = 1024 * 1024;
// Bytes of a list of revoked certificates: 10,000 lines.
inline constexpr std::size_t kMaxRevocationBytes = 1024 * 1024;
// Bytes of a PEM file.
inline constexpr std::size_t kMaxPemBytes = 256 * 1024;

// --- Logs ---

// Lines of gRPC's own messages: enough to see what goes on in a flood of failed
// handshakes without filling the disk with it.
inline constexpr std::uint64_t kGrpcLogLinesPerMinute = 30;

// --- Sealing everything again under a new key-encryption key ---

// Bytes of old values that one step seals again, in one synced write: about a
// millisecond of the writer and a few of the disk, so that no command waits
// long. A single value may be larger (a policy, a staged batch of 1 MiB).
inline constexpr std::size_t kKekStepBytes = 256 * 1024;
// Old values of one step: quotas and small leaves are 60 to 250 bytes.
inline constexpr std::size_t kKekStepValues = 2048;
// Values looked at between two looks at whether to stop, some milliseconds.
inline constexpr std::size_t kKekLookValues = 20'000;
// A step is followed by a pause as long as itself, but no longer than this:
// one that had to wait behind a large commit took long for another reason.
inline constexpr absl::Duration kKekLongestPause = absl::Milliseconds(200);
// The second pass finds nothing old unless something is wrong.
inline constexpr int kKekMostPasses = 8;
// After an error (a reader of minutes, a full disk, a keyring that cannot be
// written).
inline constexpr absl::Duration kKekRetry = absl::Seconds(30);
// How often it is asked whether a rotation is due; the schedule counts days.
inline constexpr absl::Duration kKekScheduleLook = absl::Minutes(10);
// Room on the disk beside twice the store, for everything that goes on.
inline constexpr std::uint64_t kKekRoomBytes = 64 * 1024 * 1024;
// Days of kek_rotation_days at most: ten years.
inline constexpr std::uint32_t kMaxKekRotationDays = 3650;

// --- Witnesses ---

// Bytes of a note that a witness hands in: a checkpoint, the log's signature
// and some witnesses' lines, each under 500.
inline constexpr std::size_t kMaxCosignedNoteBytes = 4096;
// Bytes of a witness's name in a leaf's detail.
inline constexpr std::size_t kMaxWitnessDetailBytes = 200;
// A witness's clock may be ahead of ours by this much.
inline constexpr absl::Duration kCosignatureAhead = absl::Minutes(5);
// A witness's cosignatures within this time share one leaf: a leaf makes a new
// checkpoint, which is cosigned again.
inline constexpr absl::Duration kCosignedLeafInterval = absl::Hours(24);
// How often it is asked whether a witness is overdue.
inline constexpr absl::Duration kWitnessLook = absl::Seconds(1);
// Hours of witness_hours at most: a year.
inline constexpr std::uint32_t kMaxWitnessHours = 8760;
// Witnesses of one log; each may add a line to every cosigned note.
inline constexpr int kMaxWitnesses = 8;

// --- Refusals in the audit log ---

// Equal refusals (same certificate, rpc and code) within this time share one
// leaf, which counts them: a flood cannot fill the log.
inline constexpr absl::Duration kRefusalWindow = absl::Seconds(60);
// Different refusals that are told apart at once; further ones share one leaf
// without a name.
inline constexpr std::size_t kMaxDistinctRefusals = 256;

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_LIMITS_H_

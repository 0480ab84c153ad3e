// Rotation of a store's key-encryption key (KEK): a new generation in the
// keyring file, everything sealed again under it, every file of the store
// rewritten, the older generation destroyed. Then nobody can read a copy that
// was made before, keyring and passphrase or not.
//
// The order, whatever the moment of a crash:
//  1. The keyring file holds the old and the new generation, synced.
//  2. Everything new is sealed under the new one; leaf KEK_ROTATION_BEGUN.
//  3. A thread seals what is old again, in small steps through the store's
//     one writer, until a whole pass finds nothing old.
//  4. The whole store is compacted, so that no file holds an old value.
//  5. The keyring file holds the new generation alone, synced.
//  6. The old one is wiped from memory; leaf KEK_ROTATION_FINISHED.
// The next start goes on where the process ended; a leaf that was not written
// is written then. An error in 3 to 5 is logged and tried again; until 5 the
// old generation stays, and everything opens.
//
// Thread safety: all methods may be called from many threads at once.
#ifndef SAMKOER_SERVER_KEK_ROTATION_H_
#define SAMKOER_SERVER_KEK_ROTATION_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "samkoer/v1/operations.pb.h"
#include "server/identity.h"
#include "server/kek_writer.h"
#include "server/periodic.h"
#include "storage/engine.h"
#include "storage/keyring.h"
#include "storage/keyring_file.h"
#include "storage/sealed_value.h"

namespace samkoer::server {

class Gauge;
class Metrics;

class KekRotation {
 public:
  // What it works on; all must outlive it.
  struct Parts {
    storage::Engine& engine;
    const storage::ValueSealer& sealer;  // which `writer` changes
    const storage::KeyringFile& file;
    KekWriter& writer;
    Metrics& metrics;
  };
  struct Options {
    // Where the engine's files are, to see whether the disk has room.
    std::string data_dir;
    // 0: never by itself.
    std::uint32_t rotation_days = 0;
    std::function<absl::Time()> now;
  };

  // Writes the leaves that a crash prevented, and goes on with a rotation that
  // was begun. `keyring` is the one the store was opened with. Errors of the
  // store and of the writer.
  static absl::StatusOr<std::unique_ptr<KekRotation>> Start(
      Parts parts, Options options, const storage::Keyring& keyring);
  ~KekRotation();  // as Stop()

  // Operations.RotateKek: `who` (null: the schedule) and why; the reason has
  // been checked. FAILED_PRECONDITION also if the disk has no room for it.
  absl::StatusOr<v1::KekStatus> Rotate(const Identity* who,
                                       const std::string& reason);
  v1::KekStatus Status() const;
  // The generations whose keys are live, ascending.
  std::vector<std::uint32_t> Generations() const;
  // Begins a rotation if it is due. Called every kKekScheduleLook.
  void RotateIfDue();

  // Stops after the running step; the writer must still run. May be repeated.
  void Stop();

 private:
  struct State {
    std::uint32_t current = 0;
    std::vector<std::uint32_t> older;
    absl::Time since;
    std::uint64_t done = 0;
    std::uint64_t total = 0;
  };

  KekRotation(Parts parts, Options options, const storage::Keyring& keyring);
  void Adopt(const storage::Keyring& keyring);
  absl::Status CatchUp(const storage::Keyring& keyring);
  absl::Status Begun(const Identity* who, const storage::Keyring& keyring,
                     const std::string& reason, const std::string& detail);
  absl::Status Finished(const storage::Keyring& keyring);
  absl::Status CheckRoom() const;

  void Run();
  absl::Status Work();
  // How many old values it found.
  absl::StatusOr<std::uint64_t> Pass();
  // False if it is to stop.
  bool Sleep(absl::Duration duration);
  void SetStalled(bool stalled);
  void Publish();  // under mutex_

  const Parts parts_;
  const Options options_;
  Gauge& generation_;
  Gauge& older_;
  Gauge& since_;
  Gauge& done_;
  Gauge& total_;
  Gauge& stalled_;

  std::mutex begin_mutex_;  // one Rotate at a time
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  State state_;            // under mutex_
  bool stopping_ = false;  // under mutex_
  std::thread thread_;
  std::optional<Periodic> schedule_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_KEK_ROTATION_H_

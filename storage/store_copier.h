// A copy of an open store on the same disk: the seam for backups.
#ifndef SAMKOER_STORAGE_STORE_COPIER_H_
#define SAMKOER_STORAGE_STORE_COPIER_H_

#include <string>

#include "absl/status/status.h"

namespace samkoer::storage {

// Thread safety: implementations must allow calls from many threads at once.
class StoreCopier {
 public:
  virtual ~StoreCopier() = default;

  // Makes a store in the folder `to` that holds one moment of this one, with
  // everything that was written before the call, in files that are synced; on
  // the same file system, by hard links, so that it is quick and costs little
  // room while it stands. Reads and writes go on meanwhile. Its files do not
  // change any more; a file of the same contents has the same bytes in the next
  // copy. ALREADY_EXISTS if there is something at `to`; RESOURCE_EXHAUSTED;
  // errors of the engine, after which `to` may hold a part.
  virtual absl::Status CopyTo(const std::string& to) = 0;
};

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_STORE_COPIER_H_

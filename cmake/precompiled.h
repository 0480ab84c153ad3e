// What the compiler reads once for all files of storage, matcher, server and
// clients, because nearly every one reads most of it: three quarters of the
// time that a file took was this. A file includes what it uses all the same:
// -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON builds, too, and so do the presets
// sanitize and fuzz. Nothing of ours but the contract's messages belongs here:
// a change to it compiles everything again.

#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "samkoer/v1/agent_config.pb.h"
#include "samkoer/v1/alarms.pb.h"
#include "samkoer/v1/alerts.pb.h"
#include "samkoer/v1/audit.pb.h"
#include "samkoer/v1/conferences.pb.h"
#include "samkoer/v1/coordination.pb.h"
#include "samkoer/v1/governance.pb.h"
#include "samkoer/v1/inquiries.pb.h"
#include "samkoer/v1/intake.pb.h"
#include "samkoer/v1/keys.pb.h"
#include "samkoer/v1/operations.pb.h"
#include "samkoer/v1/policy.pb.h"
#include "samkoer/v1/reports.pb.h"
#include "samkoer/v1/rights.pb.h"
#include "samkoer/v1/server_config.pb.h"
#include "samkoer/v1/types.pb.h"

#include "storage/store_kind.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "crypto/absl_view.h"

namespace samkoer::storage {

bool IsMunicipalityName(std::string_view name) {
  return !name.empty() && name.size() <= 64 &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '-';
         });
}

std::string LogOrigin(std::string_view municipality, StoreKind kind) {
  return absl::StrCat("samkoer/", crypto::AbslView(municipality), "/",
                      crypto::AbslView(KindName(kind)));
}

}  // namespace samkoer::storage

#include "support/source_folder.h"

namespace samkoer {

std::string SourceFolder() { return SAMKOER_SOURCE_DIR; }

}  // namespace samkoer

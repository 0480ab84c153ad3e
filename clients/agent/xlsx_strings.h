// The shared strings of a workbook: most texts of its cells.
#ifndef SAMKOER_CLIENTS_AGENT_XLSX_STRINGS_H_
#define SAMKOER_CLIENTS_AGENT_XLSX_STRINGS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "clients/agent/xml_reader.h"
#include "crypto/secret.h"

namespace samkoer::agent {

inline constexpr std::size_t kMaxSharedStrings = 8'000'000;
inline constexpr std::size_t kMaxSharedBytes = 512 << 20;

// Appends `from` with Excel's escapes ("_x000D_") undone.
void AppendUnescaped(std::string_view from, std::string& out);

// Takes in sharedStrings.xml: XmlReader calls it. Texts are wiped with the
// object. INVALID_ARGUMENT beyond the limits.
class XlsxStrings final : public XmlHandler {
 public:
  ~XlsxStrings() override;
  absl::Status Start(std::string_view name,
                     const XmlAttributes& attributes) override;
  absl::Status End(std::string_view name) override;
  absl::Status Text(std::string_view text) override;

  // Once all is taken in.
  std::size_t size() const { return texts_.size(); }
  std::string_view operator[](std::size_t index) const { return texts_[index]; }

 private:
  // Room that does not move, in large pieces.
  std::vector<crypto::SecretBuffer> pieces_;
  std::size_t used_ = 0;  // of the last piece
  std::size_t bytes_ = 0;
  std::vector<std::string_view> texts_;
  std::string current_;
  bool in_text_ = false;
  int phonetic_ = 0;  // readings of East Asian text are no text of the cell
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_XLSX_STRINGS_H_

// A small writer of HTML that cannot forget to escape: Html is made of literals
// of the program and of text that is escaped on the way in, and of nothing
// else. Pure.
#ifndef SAMKOER_CLIENTS_ALERTS_HTML_H_
#define SAMKOER_CLIENTS_ALERTS_HTML_H_

#include <string>
#include <string_view>
#include <utility>

namespace samkoer::clients {

// Markup of the program's own: only a literal converts to it.
class Markup {
 public:
  consteval Markup(const char* literal)  // NOLINT: implicit on purpose
      : text_(literal) {}
  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

// A piece of a document.
class Html {
 public:
  Html() = default;
  Html(Markup markup) : markup_(markup.text()) {}  // NOLINT: as above

  // Text from anywhere. Markup becomes plain text; what steers a screen or the
  // direction of text, or is no UTF-8, becomes visible ("\u{202E}").
  static Html Text(std::string_view text);
  // Text that is not the program's own, cut off from its surroundings (<bdi>):
  // letters written from right to left do not change the order of what stands
  // beside them.
  static Html Foreign(std::string_view text);
  // <tag>inner</tag>. `tag` may carry attributes: "th scope=\"row\"".
  static Html Element(Markup tag, const Html& inner);

  Html& operator+=(const Html& more);
  friend Html operator+(Html a, const Html& b) { return std::move(a += b); }
  bool empty() const { return markup_.empty(); }
  const std::string& markup() const { return markup_; }

 private:
  std::string markup_;
};

// Shorthands: an element with plain text, a paragraph, an item of a list.
Html TextElement(Markup tag, std::string_view text);
Html Paragraph(std::string_view text);
Html Item(std::string_view text);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_HTML_H_

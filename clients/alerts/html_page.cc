#include "clients/alerts/html_page.h"

#include "clients/common/cat.h"

namespace samkoer::clients {
namespace {

constexpr Markup kHead = R"(<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<style>
@page { size: A4; margin: 18mm 16mm; }
body { font: 11pt/1.45 system-ui, sans-serif; color: #111; background: #fff; margin: 0; }
main { max-width: 46rem; margin: 0 auto; padding: 1.5rem; overflow-wrap: anywhere; }
h1 { font-size: 1.7em; margin: 0 0 .5em; }
h2 { font-size: 1.25em; margin: 1.6em 0 .4em; border-bottom: 1px solid #555; break-after: avoid; }
h3 { font-size: 1.05em; margin: 1.1em 0 .3em; break-after: avoid; }
table { border-collapse: collapse; width: 100%; margin: .5em 0 1em; font-size: .95em; }
caption { text-align: left; font-weight: bold; padding: .3em 0; }
th, td { border: 1px solid #777; padding: .3em .5em; text-align: left; vertical-align: top; }
th { background: #eee; }
table.facts th { width: 38%; font-weight: normal; }
td ul { margin: 0; padding-left: 1.1em; }
tr { break-inside: avoid; }
dt { font-weight: bold; } dd { margin: 0 0 .4em; }
@media print { main { max-width: none; padding: 0; } a { color: inherit; } }
</style>
)";

}  // namespace

std::string HtmlPage(std::string_view title, const Html& main,
                     Language language) {
  const Html head =
      Html::Element("head", Html(kHead) + TextElement("title", title));
  const Html body = Html::Element("body", Html::Element("main", main));
  const Html inside = Html("\n") + head + Html("\n") + body + Html("\n");
  const Html page = language == Language::kDanish
                        ? Html::Element("html lang=\"da\"", inside)
                        : Html::Element("html lang=\"en\"", inside);
  return Cat("<!DOCTYPE html>\n", page.markup(), "\n");
}

Html Heading(std::string_view text) {
  return TextElement("h2", text) + Html("\n");
}

Html HtmlTable(const std::vector<std::string>& header,
               const std::vector<std::vector<std::string>>& rows) {
  Html cells;
  for (const std::string& cell : header) {
    // A corner without words is no heading.
    cells += cell.empty() ? Html::Element("td", Html())
                          : TextElement("th scope=\"col\"", cell);
  }
  Html table = Html::Element("tr", cells) + Html("\n");
  for (const std::vector<std::string>& row : rows) {
    cells = Html();
    for (std::size_t i = 0; i < row.size(); ++i) {
      cells += i == 0 ? Html::Element("th scope=\"row\"", Html::Foreign(row[i]))
                      : Html::Element("td", Html::Foreign(row[i]));
    }
    table += Html::Element("tr", cells) + Html("\n");
  }
  return Html::Element("table", table) + Html("\n");
}

Html FactTable(const std::vector<std::pair<std::string, std::string>>& facts) {
  Html table;
  for (const auto& [what, fact] : facts) {
    table += Html::Element("tr", TextElement("th scope=\"row\"", what) +
                                     Html::Element("td", Html::Foreign(fact))) +
             Html("\n");
  }
  return Html::Element("table class=\"facts\"", table) + Html("\n");
}

}  // namespace samkoer::clients

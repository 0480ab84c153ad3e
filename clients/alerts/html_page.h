// Whole pages of the people's programs: one file without scripts that fetches
// nothing, to be read on a screen or printed on A4. Pure.
#ifndef SAMKOER_CLIENTS_ALERTS_HTML_PAGE_H_
#define SAMKOER_CLIENTS_ALERTS_HTML_PAGE_H_

#include <string>
#include <string_view>
#include <vector>

#include "clients/alerts/html.h"
#include "clients/alerts/text.h"

namespace samkoer::clients {

// The page around `main`, which begins with its own <h1>.
std::string HtmlPage(std::string_view title, const Html& main,
                     Language language);

// A heading of a section.
Html Heading(std::string_view text);

// A table: a header, then rows of as many cells, the first of which is the
// row's heading.
Html HtmlTable(const std::vector<std::string>& header,
               const std::vector<std::vector<std::string>>& rows);

// A table of two columns without a header: what, and the facts.
Html FactTable(const std::vector<std::pair<std::string, std::string>>& facts);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_HTML_PAGE_H_

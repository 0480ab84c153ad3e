// The command lines of `samkoer-alerts conferences` and `inquiries`, beside
// main.cc.
#ifndef SAMKOER_CLIENTS_ALERTS_CONFERENCE_MAIN_H_
#define SAMKOER_CLIENTS_ALERTS_CONFERENCE_MAIN_H_

#include <string>

#include "clients/alerts/conference_command.h"
#include "clients/alerts/inquiry_command.h"

namespace CLI {
class App;
}

namespace samkoer::clients {

// Adds the commands and what belongs to them. `args` must outlive `app`.
void AddConferenceCommands(CLI::App& app, ConferenceArguments& args);
void AddInquiryCommands(CLI::App& app, InquiryArguments& args);

// Which command of `family` ("conferences", "inquiries") was given; empty if
// none was.
std::string GivenOf(const CLI::App& app, const std::string& family);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_CONFERENCE_MAIN_H_

#include <gtest/gtest.h>

#include "clients/agent/setup_text.h"

namespace samkoer::agent {
namespace {

TEST(NextSteps, InAFolderOfOnesOwnTheFileIsUsedWhereItIs) {
  EXPECT_EQ(NextSteps("agent.yaml", "/home/ida/state"),
            "Next:\n"
            "  samkoer-agent --config agent.yaml validate-config\n"
            "  samkoer-agent --config agent.yaml check\n");
}

TEST(NextSteps, ForThePackagesUnitsItIsPutWhereTheyLook) {
  EXPECT_EQ(NextSteps("/root/a.yaml", "/var/lib/samkoer-agent/familie"),
            "Next, as root:\n"
            "  install -o root -g samkoer-agent -m 640 /root/a.yaml "
            "/etc/samkoer/agent-familie.yaml\n"
            "  runuser -u samkoer-agent -- samkoer-agent --config "
            "/etc/samkoer/agent-familie.yaml check\n");
}

}  // namespace
}  // namespace samkoer::agent

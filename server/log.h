// The servers' logs are those of every service: proto/log.h.
#ifndef SAMKOER_SERVER_LOG_H_
#define SAMKOER_SERVER_LOG_H_

#include "proto/log.h"

#endif  // SAMKOER_SERVER_LOG_H_

#include "proto/yaml/yaml_message.h"

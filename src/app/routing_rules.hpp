#pragma once
// Routing rules of the configuration file:
//
//   [[routing.rules]]
//   name = "euros"
//   condition = { success_rate = { gt = 0.9 }, currency = ["EUR", "USD"], amount = { gte = 1000 } }
//   processors = ["stripe", "paypal"]
//
// A key of `condition` is one of routing::Key, all of them must hold; a rule without `condition` always does.
#include <toml++/toml.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "domain/routing/compiled_program.hpp"

namespace payweir::app {

struct RoutingRules {
  std::shared_ptr<const routing::CompiledProgram> program;  // null: there are none
  std::vector<std::string> names;
  // Of processors that this build has not got: they are passed over.
  std::vector<std::string> warnings;
};

// `text` is what `rules` was parsed from, because numbers are read as they are written. Error:
// configuration_invalid, detail "FILE:LINE: routing.rules: rule "NAME": KEY: expected …".
[[nodiscard]] Result<RoutingRules> read_routing_rules(const toml::array& rules, std::string_view text,
                                                      const std::string& file);

}  // namespace payweir::app

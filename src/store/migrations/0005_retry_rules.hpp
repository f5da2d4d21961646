#pragma once
#include <string_view>

namespace payweir::store::migrations {

// Retry rules, and what they made of the errors of attempts and refunds.
inline constexpr std::string_view k0005RetryRules = R"sql(
CREATE TABLE retry_rule (
  key INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  connector TEXT NOT NULL,
  flow TEXT NOT NULL,
  sub_flow TEXT NOT NULL,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  status TEXT NOT NULL,
  router_error TEXT NOT NULL,
  decision INTEGER NOT NULL,
  step_up_possible INTEGER NOT NULL,
  clear_pan_possible INTEGER NOT NULL,
  alternate_network_possible INTEGER NOT NULL,
  unified_code TEXT NOT NULL,
  unified_message TEXT NOT NULL,
  error_category TEXT NOT NULL,
  standardised_code TEXT NOT NULL,
  description TEXT NOT NULL,
  user_guidance_message TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  modified_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX retry_rule_name ON retry_rule (connector, flow, sub_flow, code, message);
ALTER TABLE attempt ADD COLUMN error_meaning TEXT NOT NULL DEFAULT '';
ALTER TABLE refund ADD COLUMN error_meaning TEXT NOT NULL DEFAULT '';
)sql";

}  // namespace payweir::store::migrations

#pragma once
// Reads of retry rules.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/rows.hpp"
#include "store/store.hpp"

namespace payweir::store {

// All of them, in the order in which they were made.
[[nodiscard]] Task<Result<std::vector<RetryRuleRow>>> list_retry_rules(Store& store, std::size_t limit);
// By the five parts of its name.
[[nodiscard]] Task<Result<std::optional<RetryRuleRow>>> find_retry_rule(Store& store, std::string connector,
                                                                        std::string flow,
                                                                        std::string sub_flow,
                                                                        std::string code,
                                                                        std::string message);
[[nodiscard]] Task<Result<std::int64_t>> count_retry_rules(Store& store);

}  // namespace payweir::store

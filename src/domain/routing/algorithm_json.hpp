#pragma once
// Routing algorithms in the API's words: {"type": "single" | "priority" | "volume_split" | "advanced",
// "data": …}, as Hyperswitch v1 defines them (api_models: StaticRoutingAlgorithm; euclid: Program), and
// "dynamic", which is ours: {"accounts": […], "cost": {"within_percent": "0.5"}, "explore": true}.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_reader.hpp"
#include "domain/routing/compiled_program.hpp"
#include "domain/routing/program.hpp"

namespace payweir::routing {

enum class AlgorithmKind : std::uint8_t {
  single = 1,
  priority = 2,
  volume_split = 3,
  advanced = 4,
  dynamic = 5
};
[[nodiscard]] std::string_view to_string(AlgorithmKind kind);

// Whatever its kind, a program: all but `advanced` are a default without rules.
struct Algorithm {
  AlgorithmKind kind = AlgorithmKind::single;
  Program program;
};

// Limits of the document that holds one.
inline constexpr json::Limits kAlgorithmLimits{.depth_max = 48, .keys_max = 100'000};

// Reads the shape; what the words mean is checked when it is compiled. Errors: missing_field, wrong_type,
// invalid_value; their field begins with `field`.
[[nodiscard]] Result<Algorithm> read_algorithm(const json::Value& value, const std::string& field);

// An array of accounts, each {"connector": …, "merchant_connector_id": …} or the connector's name alone.
[[nodiscard]] Result<std::vector<Choice>> read_choices(const json::Value& value, const std::string& field);

// As CompiledProgram::compile, with the fields as the document has them, behind `field`.
[[nodiscard]] Result<CompiledProgram> compile_algorithm(const Algorithm& algorithm, const std::string& field,
                                                        std::optional<std::span<const Choice>> accounts);

}  // namespace payweir::routing

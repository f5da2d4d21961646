#pragma once
// business_order_type, kept among the payment's metadata, where the other dialects show it and routing rules
// can read it.
#include <string>
#include <string_view>

namespace payweir::api::dialects::transactions {

// Metadata as JSON with the type in it, in place of one that stands there.
[[nodiscard]] std::string add_order_type(std::string_view metadata_json, std::string_view order_type);
struct OrderMetadata {
  std::string order_type;
  std::string rest_json;  // "" when there is nothing else
};
[[nodiscard]] OrderMetadata take_order_type(std::string_view metadata_json);

}  // namespace payweir::api::dialects::transactions

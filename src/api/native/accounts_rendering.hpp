#pragma once
// The responses of the account and event operations, with Hyperswitch's names and types.
#include <span>
#include <string>

#include "flows/accounts/views.hpp"
#include "flows/events.hpp"

namespace payweir::api::native {

class AccountRendering final : public flows::AccountRendering, public flows::EventRendering {
 public:
  [[nodiscard]] std::string merchant(const flows::MerchantView& view) const override;
  [[nodiscard]] std::string profile(const flows::ProfileView& view) const override;
  [[nodiscard]] std::string api_key(const flows::ApiKeyView& view) const override;
  [[nodiscard]] std::string connector_account(const flows::ConnectorAccountView& view) const override;
  // Without the algorithm itself; as upstream lists them.
  [[nodiscard]] std::string routing_algorithm(const flows::RoutingAlgorithmView& view) const override;
  // With what was sent, and what came back the last time.
  [[nodiscard]] std::string event(const flows::EventView& view) const override;
  // One line of a list.
  [[nodiscard]] std::string event_summary(const flows::EventView& view) const;
};

// It holds nothing: one serves all.
inline constexpr AccountRendering kAccountRendering;

// The same with the algorithm, as upstream shows one.
[[nodiscard]] std::string render_whole_algorithm(const flows::RoutingAlgorithmView& view);

// [ … ]
[[nodiscard]] std::string render_array(std::span<const std::string> elements);

}  // namespace payweir::api::native

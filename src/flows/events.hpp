#pragma once
// Events of a merchant and what became of their webhooks.
#include <optional>
#include <string>
#include <vector>

#include "flows/payments.hpp"

namespace payweir::flows {

struct EventView {
  store::OutboxRow event;
  std::optional<store::DeliveryRow> delivery;  // unset: there was no endpoint to send it to
  std::string merchant_id, profile_id;
  std::string object_id;  // the payment or refund, as the merchant knows it
};

// How an event's view becomes bytes.
class EventRendering {
 public:
  virtual ~EventRendering() = default;
  [[nodiscard]] virtual std::string event(const EventView& view) const = 0;
};

struct ListEvents {
  std::string merchant_id;
  std::size_t limit = 10;  // 1 … 100
  std::size_t offset = 0;
  std::optional<Instant> created_from, created_to;
  std::string profile_id;        // "" for all
  std::string object_id;         // a payment or refund, "" for all
  std::vector<EventType> types;  // empty: all
};

// Newest first. Errors: not_found, unauthorized.
[[nodiscard]] Task<Result<std::vector<EventView>>> list_events(Context& context, Principal principal,
                                                               ListEvents command);
[[nodiscard]] Task<Result<EventView>> retrieve_event(Context& context, Principal principal,
                                                     std::string merchant_id, std::string event_id);
// Makes the event's webhook due now, with the id and the body that it always had. An event without one,
// because there was no endpoint then, gets one that shows its object as it is now. Errors: not_found,
// invalid_value (there still is no endpoint).
[[nodiscard]] Task<Result<Answer>> deliver_event_again(Context& context, Principal principal, Key key,
                                                       std::string merchant_id, std::string event_id,
                                                       const EventRendering& rendering);

}  // namespace payweir::flows

#pragma once
// What the dialects' orders have in common: their id is the payment's, and the same order again is the same
// payment.
#include <string>
#include <string_view>

#include "api/binding.hpp"
#include "api/dialects/channels.hpp"
#include "api/route.hpp"

namespace payweir::api::dialects {

// As a dialect's request gives it.
struct Order {
  flows::CreatePayment command;
  std::string channel;  // "": the payer chooses on the payment page, routing the gateway
  PayerProof proof;
  bool is_paid_on_page = false;  // whatever the channel: it then says which gateway
  // The dialect's names of channel and proof, for errors.
  std::string_view channel_field = "channel", proof_field = "";
};

// An id of the client's own, "" when not given. It stands in paths, and becomes the native API's id, too.
[[nodiscard]] std::string bind_order_id(Fields& fields, std::string_view name);
[[nodiscard]] std::string bind_required_order_id(Fields& fields, std::string_view name);

// Creates the payment, or answers the one that there is; `rendering` outlives the task.
[[nodiscard]] Task<Result<Reply>> create_order(RequestContext request, Order order,
                                               const flows::Rendering& rendering);

// Refunds the payment of an order, by what `bind` reads of the body; its amounts are in the payment's
// currency.
using BindRefund = Result<flows::CreateRefund> (*)(const json::Value& body, Currency currency);
[[nodiscard]] Task<Result<Reply>> refund_order(RequestContext request, std::string id, BindRefund bind,
                                               const flows::Rendering& rendering);

// The payment of an order, or of one of our ids, as the gateway says it is now; it is asked now and then.
[[nodiscard]] Task<Result<flows::PaymentView>> retrieve_order(RequestContext& request, std::string id);

// A gateway's callback whose address names a channel (or a connector account) and no merchant.
[[nodiscard]] Task<Result<Reply>> take_channel_callback(RequestContext request, std::string channel);

// When it was paid; null when it was not.
[[nodiscard]] std::optional<Instant> paid_at(const flows::PaymentView& view);

}  // namespace payweir::api::dialects

#include "api/dialects/orders.hpp"

#include <utility>

#include "api/native/gateway_side.hpp"
#include "flows/orders.hpp"
#include "flows/snapshot.hpp"

namespace payweir::api::dialects {

std::string bind_order_id(Fields& fields, std::string_view name) {
  std::string id = fields.chosen_id(name);
  if (Result<void> usable = flows::check_reference(name, id); !usable)
    fields.report(usable.error().code, name, std::move(usable.error().detail));
  return id;
}

std::string bind_required_order_id(Fields& fields, std::string_view name) {
  std::string id = bind_order_id(fields, name);
  if (id.empty()) fields.report(Code::missing_field, name, "");
  return id;
}

Task<Result<Reply>> create_order(RequestContext request, Order order, const flows::Rendering& rendering) {
  if (!order.channel.empty()) {
    Result<Channel> channel = find_channel(*request.principal.merchant, order.channel, order.channel_field);
    if (!channel) co_return fail(std::move(channel.error()));
    if (order.is_paid_on_page) channel->method = PaymentMethod::none;
    if (Result<void> chosen =
            choose_channel(*channel, std::move(order.proof), order.proof_field, order.command);
        !chosen)
      co_return fail(std::move(chosen.error()));
  }
  Result<flows::Answer> answer =
      co_await flows::create_payment_once(request.flows, std::move(request.principal), std::move(request.key),
                                          std::move(order.command), rendering);
  if (!answer) co_return fail(std::move(answer.error()));
  co_return answer_reply(std::move(*answer));
}

Task<Result<Reply>> refund_order(RequestContext request, std::string id, BindRefund bind,
                                 const flows::Rendering& rendering) {
  flows::RetrievePayment refunded;
  refunded.payment_id = id;
  flows::Principal principal = request.principal;
  const Result<flows::PaymentView> payment =
      co_await flows::retrieve_payment(request.flows, std::move(principal), std::move(refunded));
  if (!payment) co_return fail(payment.error());
  Result<flows::CreateRefund> command = bind(request.body(), payment->payment.amount.currency);
  if (!command) co_return fail(std::move(command.error()));
  command->payment_id = std::move(id);
  const bool asks_for_the_rest = !command->amount_minor;
  Result<flows::Answer> answer = co_await flows::create_refund_once(
      request.flows, std::move(request.principal), std::move(request.key), std::move(*command), rendering);
  // Nothing is left: told as any other amount above what is left.
  if (!answer && asks_for_the_rest && answer.error().code == Code::invalid_value)
    co_return fail(Code::amount_exceeds_captured, "amount", "");
  if (!answer) co_return fail(std::move(answer.error()));
  co_return answer_reply(std::move(*answer));
}

Task<Result<flows::PaymentView>> retrieve_order(RequestContext& request, std::string id) {
  flows::RetrievePayment command;
  command.payment_id = std::move(id);
  command.sync = flows::Sync::ask_now_and_then;
  flows::Principal principal = request.principal;
  Result<flows::PaymentView> view =
      co_await flows::retrieve_payment(request.flows, std::move(principal), std::move(command));
  co_return view;
}

Task<Result<Reply>> take_channel_callback(RequestContext request, std::string channel) {
  channel = connector_of(channel);
  Result<flows::CallbackAddress> address =
      co_await flows::find_callback_address(request.flows, std::move(channel));
  if (!address) co_return fail(std::move(address.error()));
  Result<Reply> reply = co_await native::take_callback(std::move(request), std::move(address->merchant_id),
                                                       std::move(address->connector_or_account));
  co_return reply;
}

std::optional<Instant> paid_at(const flows::PaymentView& view) {
  const bool is_paid = view.attempt && (view.attempt->state == AttemptState::captured ||
                                        view.attempt->state == AttemptState::partially_captured);
  return is_paid ? std::optional(view.attempt->modified_at) : std::nullopt;
}

}  // namespace payweir::api::dialects

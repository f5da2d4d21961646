#include "flows/orders.hpp"

#include "store/queries/account_queries.hpp"
#include "store/queries/inbox_queries.hpp"

namespace payweir::flows {
namespace {

// That a key was used for something else is the caller's mistake, whatever there is of this id.
bool is_about_the_key(const Error& error) {
  return error.code == Code::idempotency_key_reused || error.code == Code::idempotency_in_progress;
}

Answer replayed(std::string body) {
  Answer answer;
  answer.body = std::move(body);
  answer.replayed = true;
  return answer;
}

std::unexpected<Error> differs(std::string_view field) {
  return fail(Code::duplicate_resource, std::string(field),
              "this id was used before, with another " + std::string(field));
}

// By our id or by the merchant's.
bool is_of(const RefundView& refund, const std::string& payment_id) {
  if (const Result<PaymentId> id = parse_id<PaymentTag>(payment_id); id)
    return refund.refund.payment_key == id->key;
  return refund.payment_id == payment_id;
}

}  // namespace

Task<Result<Answer>> create_payment_once(Context& context, Principal principal, Key key,
                                         CreatePayment command, const Rendering& rendering) {
  const Money amount = command.amount;
  RetrievePayment same;
  same.payment_id = command.payment_id;
  Principal caller = principal;
  // The unique index of chosen ids says whether there is one: the first request pays for no search.
  Result<Answer> created =
      co_await create_payment(context, std::move(principal), std::move(key), std::move(command), rendering);
  if (created || same.payment_id.empty() || is_about_the_key(created.error())) co_return created;
  // Whatever was in this request's way, an account switched off meanwhile say: it is about what exists.
  const Result<PaymentView> view = co_await retrieve_payment(context, std::move(caller), std::move(same));
  if (!view) co_return created;
  if (view->payment.amount.currency != amount.currency) co_return differs("currency");
  if (view->payment.amount.minor != amount.minor) co_return differs("amount");
  co_return replayed(rendering.payment(*view));
}

Task<Result<Answer>> create_refund_once(Context& context, Principal principal, Key key, CreateRefund command,
                                        const Rendering& rendering) {
  const std::string payment_id = command.payment_id;
  const std::optional<std::int64_t> amount_minor = command.amount_minor;
  std::string refund_id = command.refund_id;
  Principal caller = principal;
  Result<Answer> created =
      co_await create_refund(context, std::move(principal), std::move(key), std::move(command), rendering);
  if (created || refund_id.empty() || is_about_the_key(created.error())) co_return created;
  const Result<RefundView> view =
      co_await retrieve_refund(context, std::move(caller), std::move(refund_id), Sync::stored);
  if (!view) co_return created;
  if (!is_of(*view, payment_id)) co_return differs("payment_id");
  if (amount_minor && view->refund.amount.minor != *amount_minor) co_return differs("amount");
  co_return replayed(rendering.refund(*view));
}

Task<Result<CallbackAddress>> find_callback_address(Context& context, std::string channel) {
  if (const Result<ConnectorAccountId> id = parse_id<ConnectorAccountTag>(channel); id) {
    const ConnectorAccountId wanted = *id;
    const Result<std::optional<store::ConnectorAccountRow>> account =
        co_await store::find_connector_account(context.store, wanted.key);
    if (!account) co_return fail(account.error());
    if (!*account || (*account)->id != wanted) co_return fail(Code::not_found, "channel", "");
    const Result<std::optional<store::MerchantRow>> merchant =
        co_await store::find_merchant(context.store, (*account)->merchant_no);
    if (!merchant) co_return fail(merchant.error());
    if (!*merchant) co_return fail(Code::not_found, "channel", "");
    co_return CallbackAddress{(*merchant)->merchant_id, std::move(channel)};
  }
  const Result<std::vector<store::MerchantRow>> merchants =
      co_await store::list_merchants(context.store, 0, 2);
  if (!merchants) co_return fail(merchants.error());
  if (merchants->size() != 1) co_return fail(Code::not_found, "channel", "");
  co_return CallbackAddress{merchants->front().merchant_id, std::move(channel)};
}

Task<Result<std::string>> find_newest_callback(Context& context, PaymentId payment_id) {
  Result<std::optional<store::CallbackBodyRow>> found =
      co_await store::find_newest_callback_body(context.store, payment_id.key);
  if (!found) co_return fail(std::move(found.error()));
  co_return *found ? std::move((*found)->body) : std::string();
}

}  // namespace payweir::flows

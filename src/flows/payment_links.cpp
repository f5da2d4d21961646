#include "flows/payment_links.hpp"

#include "crypto/hash.hpp"
#include "flows/operate.hpp"
#include "flows/snapshot.hpp"
#include "store/queries/payment_queries.hpp"

namespace payweir::flows {
namespace {

std::unexpected<Error> no_such_link() {
  return fail(Code::not_found, "payment_link_id", "Payment Link does not exist in our records");
}

}  // namespace

Task<Result<PaymentView>> retrieve_payment_link(Context& context, Principal principal,
                                                std::string payment_link_id, std::string client_secret) {
  const Result<PaymentLinkId> id = parse_id<PaymentLinkTag>(payment_link_id);
  if (!id) co_return no_such_link();
  std::string payment_id = to_text(PaymentId{id->key, id->salt});
  Result<PaymentSnapshot> snapshot =
      co_await load_payment(context, principal.merchant, std::move(payment_id));
  if (!snapshot && snapshot.error().code == Code::not_found) co_return no_such_link();
  if (!snapshot) co_return fail(std::move(snapshot.error()));
  if (!snapshot->details->has_link) co_return no_such_link();
  if (Result<void> known = check_client_secret(context, principal, *snapshot, client_secret); !known)
    co_return fail(std::move(known.error()));
  co_return view_of(context, *snapshot);
}

Task<Result<std::vector<PaymentView>>> list_payment_links(Context& context, Principal principal,
                                                          ListPaymentLinks command) {
  store::Page page;
  page.limit = command.limit;
  page.offset = command.offset;
  page.created_from = command.created_from;
  page.created_to = command.created_to;
  Result<std::vector<store::PaymentRow>> rows =
      co_await store::list_payments_with_link(context.store, principal.merchant_no, std::move(page));
  if (!rows) co_return fail(std::move(rows.error()));
  std::vector<PaymentView> links;
  for (store::PaymentRow& row : *rows) {
    PaymentSnapshot snapshot;
    snapshot.aggregate.payment = row.payment;
    snapshot.reference = std::move(row.reference);
    snapshot.details.edit() = PaymentDetails::parse(row.details);
    snapshot.merchant = principal.merchant;
    snapshot.profile = principal.merchant->find_profile(row.payment.profile_key);
    links.push_back(view_of(context, snapshot));
  }
  co_return links;
}

Task<Result<std::string>> open_payment_link(Context& context, std::string merchant_id, std::string payment_id,
                                            std::string token) {
  Result<std::shared_ptr<const MerchantEntry>> merchant =
      co_await context.directory.merchant_by_id(std::move(merchant_id));
  if (!merchant) co_return fail(std::move(merchant.error()));
  if (!*merchant) co_return no_such_link();
  Result<PaymentSnapshot> snapshot =
      co_await load_payment(context, std::move(*merchant), std::move(payment_id));
  if (!snapshot && snapshot.error().code == Code::not_found) co_return no_such_link();
  if (!snapshot) co_return fail(std::move(snapshot.error()));
  const PaymentView view = view_of(context, *snapshot);
  if (view.link_token.empty() || !crypto::constant_time_equal(token, view.link_token))
    co_return no_such_link();
  co_return context.settings.public_url + "/pay/" + view.payment_id + "?client_secret=" + view.client_secret;
}

}  // namespace payweir::flows

#include "flows/payer.hpp"

#include <algorithm>

#include "crypto/hash.hpp"
#include "flows/operate.hpp"
#include "flows/routing/route_payment.hpp"
#include "store/queries/payment_queries.hpp"

namespace payweir::flows {
namespace {

// Of merchants who chose the same id for a payment; the secret tells which one is meant.
constexpr std::size_t kNamesakesMax = 32;

Task<Result<std::vector<store::PaymentRow>>> find_payments(Context& context, std::string payment_id) {
  std::vector<store::PaymentRow> payments;
  std::vector<std::int64_t> keys;
  const Result<PaymentId> id = parse_id<PaymentTag>(payment_id);
  if (id) {
    keys.push_back(id->key);
  } else {
    Result<std::vector<std::int64_t>> named =
        co_await store::list_payments_named(context.store, std::move(payment_id), kNamesakesMax);
    if (!named) co_return fail(std::move(named.error()));
    keys = std::move(*named);
  }
  for (const std::int64_t key : keys) {
    Result<std::optional<store::PaymentRow>> row = co_await store::find_payment_by_key(context.store, key);
    if (!row) co_return fail(std::move(row.error()));
    if (*row && (!id || (*row)->payment.id == *id)) payments.push_back(std::move(**row));
  }
  co_return payments;
}

std::unexpected<Error> too_many_requests(Context& context) {
  ++context.telemetry.rate_limited;
  return fail(Code::rate_limited, "", "too many requests; try again later");
}

}  // namespace

Result<void> admit_payer(Context& context, const std::string& peer_address) {
  if (!context.rate_limiter.admit_address(peer_address, context.clock.suspended_us()))
    return too_many_requests(context);
  return {};
}

Task<Result<Payer>> find_payer(Context& context, std::string payment_id, std::string client_secret) {
  Result<std::vector<store::PaymentRow>> payments = co_await find_payments(context, std::move(payment_id));
  if (!payments) co_return fail(std::move(payments.error()));
  for (const store::PaymentRow& row : *payments) {
    const std::string known_as = row.reference.empty() ? to_text(row.payment.id) : row.reference;
    const std::string expected = client_secret_of(context.keys, known_as, row.payment.id);
    if (!crypto::constant_time_equal(client_secret, expected)) continue;
    if (!context.rate_limiter.admit_payer(row.payment.id.key, context.clock.suspended_us()))
      co_return too_many_requests(context);
    Result<std::shared_ptr<const MerchantEntry>> merchant =
        co_await context.directory.merchant(row.payment.merchant_no);
    if (!merchant) co_return fail(std::move(merchant.error()));
    if (!*merchant) break;
    Payer payer;
    payer.principal.role = Role::publishable;
    payer.principal.merchant_no = row.payment.merchant_no;
    payer.principal.merchant = std::move(*merchant);
    payer.payment_id = known_as;
    co_return payer;
  }
  co_return fail(Code::not_found, "payment_id", "there is no such payment, or its client_secret is another");
}

Task<Result<Answer>> release_payment(Context& context, Principal principal, Key key, std::string payment_id,
                                     const Rendering& rendering) {
  const OperationId operation_id = context.new_id<OperationTag>();
  const Instant ask_at = first_ask(context.settings, context.clock.wall());
  MakeEvent make_event = [operation_id, ask_at](PaymentSnapshot&, Instant) -> Result<PaymentEvent> {
    return event::Release{operation_id, ask_at};
  };
  Result<Answer> answer =
      co_await execute(context, std::move(principal), std::move(key), std::move(payment_id),
                       std::move(make_event), AnswerWith::payment, rendering);
  co_return answer;
}

std::vector<PaymentMethod> methods_for(const ProfileEntry& profile, const Payment& payment,
                                       const PaymentDetails& details) {
  std::vector<PaymentMethod> methods;
  for (const auto& account : profile.accounts) {
    if (account->row.disabled || !account->connector) continue;
    const Capabilities& can = account->connector->capabilities();
    for (const PaymentMethod method : can.payment_methods) {
      if (payment.capture_method == CaptureMethod::manual && !can.holds(method)) continue;
      if (account->takes({method, payment.amount})) methods.push_back(method);
    }
  }
  std::ranges::sort(methods);
  const auto rest = std::ranges::unique(methods);
  methods.erase(rest.begin(), rest.end());
  if (!details.routing_json.empty())
    std::erase_if(methods, [&](PaymentMethod method) {
      return !route_payment({profile, payment, details, method}, RoutingMeans{});
    });
  return methods;
}

}  // namespace payweir::flows

// What connectors say of themselves is what they do.
#include <algorithm>
#include <set>

#include "bench.hpp"

namespace payweir::contract {
namespace {

class ContractCapabilities : public EveryConnector {};
INSTANTIATE_TEST_SUITE_P(Every, ContractCapabilities, testing::ValuesIn(all_connectors()), name_of);

bool is_rejected(const Step& step) {
  const auto* done = std::get_if<step::Done>(&step);
  return done && std::holds_alternative<outcome::Rejected>(done->outcome);
}

ConnectorRequest authorisation(Bench& bench) {
  return bench.prepare({.method = bench.connector.capabilities().payment_methods.front()});
}

TEST_P(ContractCapabilities, MethodsAreTakenThatAreSaidToBe) {
  Bench bench(*GetParam());
  for (int number = 1; number <= static_cast<int>(kPaymentMethodLast); ++number) {
    const auto method = static_cast<PaymentMethod>(number);
    ConnectorRequest request = bench.prepare({.method = method});
    if (method != PaymentMethod::card) request.card.reset();
    EXPECT_EQ(!is_rejected(bench.connector.begin(request, bench.context())),
              bench.connector.capabilities().takes(method))
        << "method " << to_string(method);
  }
}

TEST_P(ContractCapabilities, CurrenciesAreTakenThatAreSaidToBe) {
  Bench bench(*GetParam());
  ConnectorRequest request = authorisation(bench);
  for (const Currency currency : Currency::all()) {
    request.amount = request.payment_amount = Money{1'000'000, currency};
    EXPECT_EQ(!is_rejected(bench.connector.begin(request, bench.context())),
              bench.connector.capabilities().takes(currency))
        << currency.code();
  }
}

TEST_P(ContractCapabilities, AmountsAreExactInEveryCurrency) {
  Bench bench(*GetParam());
  for (const Currency currency : Currency::all()) {
    if (!bench.connector.capabilities().takes(currency)) continue;
    SCOPED_TRACE(currency.code());
    for (const std::int64_t minor : {12'300, 7'001, 7'010}) {
      ConnectorRequest request = bench.prepare(
          {.method = bench.connector.capabilities().payment_methods.front(), .currency = currency});
      request.amount = request.payment_amount = Money{minor, currency};
      if (is_rejected(bench.connector.begin(request, bench.context()))) {
        EXPECT_NE(minor, 12'300);  // what the gateway cannot hold is refused, not rounded
        continue;
      }
      const Outcome outcome = bench.play(request).outcome();
      bench.pay(request, outcome);
      const Play asked = bench.ask(request);
      const auto* found = std::get_if<finding::Found>(&asked.finding());
      const auto* accepted = found ? std::get_if<outcome::Accepted>(&found->outcome) : nullptr;
      ASSERT_TRUE(accepted) << describe(outcome) << ", " << describe(asked.finding());
      EXPECT_EQ(accepted->as, AcceptedAs::captured);
      EXPECT_EQ(accepted->amount, request.amount);
    }
  }
}

TEST_P(ContractCapabilities, CaptureByHandIsRefusedBeforeAnythingIsSent) {
  for (const PaymentMethod method : GetParam()->capabilities().payment_methods) {
    if (GetParam()->capabilities().holds(method)) continue;
    Bench bench(*GetParam());
    ConnectorRequest request = bench.prepare({.method = method});
    request.capture_method = CaptureMethod::manual;
    EXPECT_TRUE(is_rejected(bench.connector.begin(request, bench.context()))) << to_string(method);
    if (GetParam()->capabilities().manual_capture) continue;
    request.kind = OperationKind::capture;
    EXPECT_TRUE(is_rejected(bench.connector.begin(request, bench.context()))) << to_string(method);
  }
}

TEST_P(ContractCapabilities, WithoutARequiredFieldAnAccountIsRefusedByName) {
  Bench bench(*GetParam());
  const Capabilities& can = bench.connector.capabilities();
  const auto type = std::ranges::find(can.auth_types, bench.credentials.auth_type, &AuthType::name);
  ASSERT_NE(type, can.auth_types.end());
  EXPECT_TRUE(check_fields(can, bench.credentials));
  for (const CredentialField& field : type->fields) {
    if (!field.is_required) continue;
    ConnectorCredentials lacking = bench.credentials;
    lacking.set(field.name, Secret());
    const Result<void> checked = check_fields(can, lacking);
    ASSERT_FALSE(checked) << field.name;
    EXPECT_EQ(checked.error().field, "connector_account_details." + std::string(field.name));
  }
}

TEST_P(ContractCapabilities, RetryRulesAreThereAndNoCodeHasTwo) {
  std::set<std::string> codes;
  for (const routing::BuiltInRetryRule& rule : GetParam()->capabilities().retry_rules) {
    std::string code(rule.code);
    std::erase(code, '_');  // as codes are compared
    EXPECT_TRUE(codes.insert(code).second) << rule.code;
  }
  EXPECT_FALSE(codes.empty());
}

}  // namespace
}  // namespace payweir::contract

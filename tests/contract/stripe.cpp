#include <array>

#include "base/form.hpp"
#include "base/json_writer.hpp"
#include "fixture.hpp"
#include "sandbox/stripe/stripe_model.hpp"

namespace payweir::contract {
namespace {

constexpr std::string_view kApiKey = "sk_test_contract_51H8f";
constexpr auto kStateMembers = std::to_array<std::string_view>({"status"});
constexpr auto kRefusals = std::to_array<std::string_view>({"invalid_request_error", "card_error"});

class StripeFixture final : public Fixture {
 public:
  [[nodiscard]] std::string_view connector() const override { return "stripe"; }

  [[nodiscard]] std::unique_ptr<sandbox::GatewayModel> open() const override {
    return std::make_unique<sandbox::stripe::StripeModel>("a fingerprint key for tests");
  }
  [[nodiscard]] ConnectorCredentials credentials(House& house) const override {
    http::Request subscription{.method = http::Method::post, .target = "/stripe/v1/webhook_endpoints"};
    subscription.headers.set("Authorization", "Bearer " + std::string(kApiKey));
    form::Encoder encoder;
    encoder.add("url", "http://switch.test/webhooks");
    encoder.add("enabled_events[]", "*");
    subscription.body = std::move(encoder).take();
    const auto endpoint = json::parse(house.answer(subscription).body).value();
    ConnectorCredentials credentials;
    credentials.auth_type = "HeaderKey";
    credentials.set("api_key", Secret(std::string(kApiKey)));
    credentials.webhook_secrets.emplace_back(std::string(endpoint.root()["secret"].text()));
    return credentials;
  }
  void complete(ConnectorRequest& request, Payer) const override {
    if (request.method == PaymentMethod::card) {
      request.card = Card{Secret("4242424242424242"), Secret("123"), 10, 2030, "Joe Doe"};
      return;
    }
    request.local.method = request.method;
    if (request.method == PaymentMethod::sepa_bank_debit) {
      request.local.account_number = Secret("DE89370400440532013000");
    } else {
      request.local.account_number = Secret("000123456789");
      request.local.routing_number = Secret("110000000");
    }
    request.billing = {{"Joe", "Doe", "1 Road", "", "", "Berlin", "", "10115", "DE"}, "", "joe@doe.test"};
    request.shipping = request.billing;
  }
  // A card is charged at once; anybody else has to be waited for, with the bank behind them.
  void pay(House& house, const ConnectorRequest& request, const NextAction&) const override {
    if (request.method == PaymentMethod::card) return;
    json::Writer out;
    out.begin_object()
        .field("reference", request.payment_reference)
        .field("decision", "approve")
        .end_object();
    static_cast<void>(house.control("/payer", std::move(out).take()));
    house.wait(seconds(10));
  }

  [[nodiscard]] bool signs_answers() const override { return false; }
  void be_an_impostor(House&, ConnectorCredentials& credentials) const override {
    credentials.webhook_secrets = {Secret("whsec_of_another_account")};
  }
  [[nodiscard]] http::Response sign(http::Response answer, const House&) const override { return answer; }
  [[nodiscard]] http::Response unsign(http::Response answer) const override { return answer; }
  [[nodiscard]] bool dates_callbacks() const override { return true; }
  bool probe(House&) const override { return false; }

  [[nodiscard]] std::span<const std::string_view> state_members() const override { return kStateMembers; }
  // Stripe's types of errors say what happened, its codes only why.
  [[nodiscard]] http::Response refusal(const http::Response&, std::string_view code, std::string_view words,
                                       const House&) const override {
    json::Writer out;
    out.begin_object().key("error").begin_object().field("type", code).field("message", words);
    out.end_object().end_object();
    http::Response answer{.status = code == "card_error" ? 402 : 400};
    answer.body = std::move(out).take();
    return answer;
  }
  [[nodiscard]] std::span<const std::string_view> refusals() const override { return kRefusals; }
  [[nodiscard]] bool answer_names_amount(const ConnectorRequest&) const override { return true; }

  [[nodiscard]] bool needs_the_same_bytes() const override { return true; }
};

}  // namespace

const Fixture& stripe_fixture() {
  static const StripeFixture fixture;
  return fixture;
}

}  // namespace payweir::contract

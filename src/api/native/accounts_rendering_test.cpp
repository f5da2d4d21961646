#include "api/native/accounts_rendering.hpp"

#include <gtest/gtest.h>

#include "base/json_reader.hpp"

namespace payweir::api::native {
namespace {

json::Document parse(const std::string& body) {
  Result<json::Document> document = json::parse(body);
  EXPECT_TRUE(document) << body;
  return std::move(*document);
}

flows::ProfileView make_profile() {
  flows::ProfileView view;
  view.merchant_id = "shop";
  view.row.id = ProfileId{7, 8};
  view.row.name = "default";
  view.row.webhook_url = "https://shop.example/hook";
  view.row.sealed_secrets = "sealed bytes";
  view.details.webhook_details_json = R"({"webhook_version":"1.0.1"})";
  view.payment_response_hash_key = "a hash key";
  return view;
}

TEST(AccountRendering, ShowsAWebhookSecretOnlyWhenItIsNew) {
  flows::ProfileView view = make_profile();
  EXPECT_FALSE(parse(kAccountRendering.profile(view)).root()["webhook_details"]["webhook_secret"].present());
  view.new_webhook_secret = Secret("whsec_abc");
  const json::Document shown = parse(kAccountRendering.profile(view));
  EXPECT_EQ(shown.root()["webhook_details"]["webhook_secret"].text(), "whsec_abc");
  EXPECT_EQ(shown.root()["webhook_details"]["webhook_version"].text(), "1.0.1");
  EXPECT_EQ(shown.root()["webhook_details"]["webhook_url"].text(), "https://shop.example/hook");
  EXPECT_EQ(shown.root()["profile_id"].text(), to_text(view.row.id));
}

TEST(AccountRendering, ShowsAMerchantWithWhatClientsRequire) {
  flows::MerchantView view;
  view.row.merchant_id = "shop";
  view.row.publishable_key = "pk_snd_x";
  view.details.organization_id = "org_x";
  view.default_profile = make_profile();
  const json::Document shown = parse(kAccountRendering.merchant(view));
  for (const std::string_view name : {"merchant_id", "organization_id", "publishable_key", "default_profile",
                                      "recon_status", "merchant_account_type", "payment_response_hash_key"})
    EXPECT_FALSE(shown.root()[name].text().empty()) << name;
  EXPECT_TRUE(shown.root()["primary_business_details"].is(json::Kind::array));
  EXPECT_TRUE(shown.root()["is_recon_enabled"].is(json::Kind::boolean));
  EXPECT_TRUE(shown.root()["enable_payment_response_hash"].boolean());
  EXPECT_FALSE(kAccountRendering.merchant(view).contains("sealed"));
}

TEST(AccountRendering, ShowsAnApiKeyOnceAndThenItsPrefix) {
  flows::ApiKeyView view;
  view.row.id = ApiKeyId{1, 2};
  view.row.name = "till";
  view.row.prefix = "snd_abc_0123";
  view.row.hash = "the hash";
  view.plaintext = Secret("snd_abc_0123456789");
  const json::Document made = parse(kAccountRendering.api_key(view));
  EXPECT_EQ(made.root()["api_key"].text(), "snd_abc_0123456789");
  EXPECT_EQ(made.root()["expiration"].text(), "never");
  view.plaintext = Secret();
  view.row.expires_at = Instant{1000};
  const json::Document later = parse(kAccountRendering.api_key(view));
  EXPECT_FALSE(later.root()["api_key"].present());
  EXPECT_EQ(later.root()["prefix"].text(), "snd_abc_0123");
  EXPECT_EQ(later.root()["expiration"].text(), "1970-01-01T00:00:01.000Z");
  EXPECT_FALSE(kAccountRendering.api_key(view).contains("the hash"));
}

TEST(AccountRendering, ShowsCredentialsMasked) {
  flows::ConnectorAccountView view;
  view.row.id = ConnectorAccountId{1, 2};
  view.row.connector = "stripe";
  view.row.label = "stripe_default";
  view.credentials.auth_type = "HeaderKey";
  view.credentials.fields = {{"api_key", "sk********23"}};
  const json::Document shown = parse(kAccountRendering.connector_account(view));
  EXPECT_EQ(shown.root()["connector_account_details"]["api_key"].text(), "sk********23");
  EXPECT_FALSE(shown.root()["connector_account_details"]["key1"].present());
  EXPECT_TRUE(shown.root()["connector_webhook_details"].is(json::Kind::null));
  EXPECT_EQ(shown.root()["status"].text(), "active");
  EXPECT_TRUE(shown.root()["payment_methods_enabled"].is(json::Kind::array));
  EXPECT_TRUE(shown.root()["callback_addresses"].is(json::Kind::array));
  EXPECT_TRUE(shown.root()["timeouts"].is(json::Kind::object));
  EXPECT_TRUE(shown.root()["fees"].is(json::Kind::array));
}

TEST(EventRendering, TellsWhetherItWasDelivered) {
  flows::EventView view;
  view.event.id = EventId{3, 4};
  view.event.type = EventType::refund_succeeded;
  view.event.refund_key = 9;
  view.object_id = "ref_1";
  EXPECT_TRUE(
      parse(kAccountRendering.event_summary(view)).root()["is_delivery_successful"].is(json::Kind::null));

  view.delivery.emplace();
  view.delivery->state = store::DeliveryState::dead;
  view.delivery->attempt_count = 9;
  view.delivery->last_status = 500;
  view.delivery->body = R"({"a":1})";
  const json::Document shown = parse(kAccountRendering.event(view));
  EXPECT_EQ(shown.root()["event_type"].text(), "refund_succeeded");
  EXPECT_EQ(shown.root()["event_class"].text(), "refunds");
  EXPECT_FALSE(shown.root()["is_delivery_successful"].boolean());
  EXPECT_EQ(shown.root()["attempt_count"].integer(), 9);
  EXPECT_EQ(shown.root()["request"]["body"].text(), R"({"a":1})");
  EXPECT_EQ(shown.root()["response"]["status_code"].integer(), 500);
  EXPECT_TRUE(shown.root()["next_attempt_at"].is(json::Kind::null));
}

}  // namespace
}  // namespace payweir::api::native

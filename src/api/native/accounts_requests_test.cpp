#include "api/native/accounts_requests.hpp"

#include <gtest/gtest.h>

namespace payweir::api::native {
namespace {

json::Document parse(std::string_view body) {
  return json::parse(body).value();
}

// The field and the code of what a body is refused for.
template <class Command>
std::pair<std::string, Code> refusal(const Result<Command>& result) {
  return result ? std::pair<std::string, Code>() : std::pair(result.error().field, result.error().code);
}

// The first request of the collection that clients are tested with.
constexpr std::string_view kCreateMerchant = R"({
  "merchant_id":"postman_merchant_1","locker_id":"m0010","merchant_name":"NewAge Retailer",
  "merchant_details":{"primary_contact_person":"John Test","address":{"zip":"94122"}},
  "return_url":"https://example.com/success",
  "webhook_details":{"webhook_version":"1.0.1","webhook_username":"ekart_retail",
    "webhook_password":"password_ekart@123","webhook_url":"https://shop.example/hook",
    "payment_created_enabled":true,"payment_failed_enabled":false},
  "sub_merchants_enabled":false,"metadata":{"city":"NY"},
  "primary_business_details":[{"country":"US","business":"default"}]})";

TEST(CreateMerchantRequest, IsBoundByName) {
  const json::Document body = parse(kCreateMerchant);
  const flows::CreateMerchant command = bind_create_merchant(body.root()).value();
  EXPECT_EQ(command.merchant_id, "postman_merchant_1");
  EXPECT_EQ(command.details.name, "NewAge Retailer");
  EXPECT_EQ(command.details.locker_id, "m0010");
  EXPECT_EQ(command.details.return_url, "https://example.com/success");
  EXPECT_EQ(command.details.metadata_json, R"({"city":"NY"})");
  EXPECT_EQ(command.details.primary_business_details_json, R"([{"country":"US","business":"default"}])");
  EXPECT_EQ(command.details.sub_merchants_enabled_json, "false");
  EXPECT_EQ(command.settings.webhook_url, "https://shop.example/hook");
  EXPECT_FALSE(command.settings.rotate_webhook_secret);
}

TEST(CreateMerchantRequest, KeepsNoWebhookPassword) {
  const json::Document body = parse(kCreateMerchant);
  const flows::CreateMerchant command = bind_create_merchant(body.root()).value();
  EXPECT_EQ(command.details.webhook_details_json,
            R"({"webhook_version":"1.0.1","webhook_username":"ekart_retail",)"
            R"("payment_created_enabled":true,"payment_failed_enabled":false})");
}

TEST(CreateMerchantRequest, NamesTheFieldAtFault) {
  struct Row {
    std::string_view body, field;
    Code code;
  };
  for (const Row& row :
       {Row{R"({})", "merchant_id", Code::missing_field},
        {R"({"merchant_id":7})", "merchant_id", Code::wrong_type},
        {R"({"merchant_id":"m","merchant_name":[]})", "merchant_name", Code::wrong_type},
        {R"({"merchant_id":"m","return_url":"javascript:x"})", "return_url", Code::invalid_value},
        {R"({"merchant_id":"m","metadata":"x"})", "metadata", Code::wrong_type},
        {R"({"merchant_id":"m","sub_merchants_enabled":"yes"})", "sub_merchants_enabled", Code::wrong_type},
        {R"({"merchant_id":"m","webhook_details":{"webhook_url":1}})", "webhook_details.webhook_url",
         Code::wrong_type},
        {R"({"merchant_id":"m","payment_response_hash_key":"short"})", "payment_response_hash_key",
         Code::invalid_value}}) {
    const json::Document body = parse(row.body);
    EXPECT_EQ(refusal(bind_create_merchant(body.root())), (std::pair<std::string, Code>(row.field, row.code)))
        << row.body;
  }
}

// Catalogue K02: what is not a client's to set has no way in.
TEST(Faults, K02_ReadOnlyMembersOfAccountsAreNeverBound) {
  const json::Document body = parse(
      R"({"merchant_id":"m","publishable_key":"pk_snd_mine","merchant_no":1,"version":99,"deleted":true,)"
      R"("created_at":1,"default_profile":"pro_mine","webhook_details":{"webhook_secret":"whsec_mine",)"
      R"("webhook_disabled_at":"1970-01-01T00:00:00Z"}})");
  const flows::CreateMerchant merchant = bind_create_merchant(body.root()).value();
  EXPECT_EQ(merchant.details.serialise(), "{}");
  EXPECT_FALSE(merchant.settings.webhook_url);
  EXPECT_FALSE(merchant.settings.payment_response_hash_key);
  // A path names the object, and no member of the body does.
  EXPECT_EQ(bind_update_merchant(body.root(), "of_the_path")->merchant_id, "of_the_path");
  EXPECT_EQ(bind_create_profile(body.root(), "of_the_path")->merchant_id, "of_the_path");

  const json::Document key = parse(
      R"({"name":"n","key_id":"key_1","hash":"00","prefix":"snd_","revoked":false,"merchant_id":"other"})");
  EXPECT_EQ(bind_create_api_key(key.root(), "of_the_path")->merchant_id, "of_the_path");
  EXPECT_EQ(bind_update_api_key(key.root(), "of_the_path", "key_of_the_path")->key_id, "key_of_the_path");

  const json::Document account = parse(
      R"({"connector_name":"stripe","merchant_id":"other","merchant_connector_id":"mca_1","sealed_credentials":"x",)"
      R"("status":"active","connector_account_details":{"auth_type":"HeaderKey","api_key":"sk"}})");
  const auto created = bind_create_connector_account(account.root(), "of_the_path");
  ASSERT_TRUE(created);
  EXPECT_EQ(created->merchant_id, "of_the_path");
  EXPECT_EQ(created->details.serialise(), R"({"connector_type":"payment_processor"})");
}

TEST(ApiKeyRequest, TakesNeverOrATime) {
  const auto expiry = [](std::string_view body) {
    const json::Document document = parse(body);
    return bind_create_api_key(document.root(), "m");
  };
  EXPECT_EQ(expiry(R"({"name":"n","description":null,"expiration":"2069-09-23T01:02:03.000Z"})")->expires_at,
            parse_iso8601("2069-09-23T01:02:03Z").value());
  EXPECT_EQ(expiry(R"({"name":"n","expiration":"never"})")->expires_at, Instant{});
  EXPECT_EQ(expiry(R"({"name":"n"})")->expires_at, Instant{});
  EXPECT_EQ(refusal(expiry(R"({"name":"n","expiration":"tomorrow"})")).first, "expiration");
  EXPECT_EQ(refusal(expiry(R"({"expiration":"never"})")).first, "name");
}

TEST(ApiKeyRequest, LeavesWhatItDoesNotName) {
  const json::Document body = parse(R"({"description":""})");
  const flows::UpdateApiKey command = bind_update_api_key(body.root(), "m", "k").value();
  EXPECT_EQ(command.description, "");
  EXPECT_FALSE(command.name);
  EXPECT_FALSE(command.expires_at);
}

TEST(ConnectorAccountRequest, IsBoundByName) {
  const json::Document body = parse(
      R"({"connector_type":"fiz_operations","connector_name":"stripe","business_country":"US",)"
      R"("business_label":"default","connector_label":"first_stripe","disabled":true,"test_mode":false,)"
      R"("connector_account_details":{"auth_type":"SignatureKey","api_key":"a","key1":"b","api_secret":"c"},)"
      R"("connector_webhook_details":{"merchant_secret":"s1","additional_secret":"s2"},)"
      R"("payment_methods_enabled":[{"payment_method":"card"}],"metadata":{"google_pay":{}},)"
      R"("callback_addresses":["203.0.113.0/24","2001:db8::1"],)"
      R"("timeouts":{"later_ms":30000,"first_ms":500,"more":1},)"
      R"("fees":[{"basis_points":290,"fixed":30,"currency":"USD","more":1},{"basis_points":400}]})");
  const flows::CreateConnectorAccount command = bind_create_connector_account(body.root(), "m").value();
  EXPECT_EQ(command.connector, "stripe");
  EXPECT_EQ(command.label, "first_stripe");
  EXPECT_TRUE(command.disabled);
  EXPECT_EQ(command.details.connector_type, "fiz_operations");
  EXPECT_EQ(command.details.test_mode_json, "false");
  EXPECT_EQ(command.details.callback_addresses_json, R"(["203.0.113.0/24","2001:db8::1"])");
  EXPECT_EQ(command.details.timeouts_json, R"({"first_ms":500,"later_ms":30000})");
  EXPECT_EQ(command.details.fees_json,
            R"([{"currency":"USD","fixed":30,"basis_points":290},{"fixed":0,"basis_points":400}])");
  EXPECT_EQ(command.credentials.auth_type, "SignatureKey");
  EXPECT_EQ(command.credentials.field("api_secret").reveal(), "c");
  ASSERT_EQ(command.webhook_secrets->size(), 2u);
  EXPECT_EQ(command.webhook_secrets->at(1).reveal(), "s2");
}

TEST(ConnectorAccountRequest, NamesTheFieldAtFault) {
  struct Row {
    std::string_view body, field;
  };
  for (const Row& row :
       {Row{R"({})", "connector_name"},
        {R"({"connector_name":"stripe"})", "connector_account_details"},
        {R"({"connector_name":"stripe","connector_account_details":"sk"})", "connector_account_details"},
        {R"({"connector_name":"stripe","connector_account_details":{}})",
         "connector_account_details.auth_type"},
        {R"({"connector_name":"stripe","connector_account_details":{"auth_type":"HeaderKey","api_key":1}})",
         "connector_account_details.api_key"},
        {R"({"connector_name":"stripe","connector_account_details":{"auth_type":"HeaderKey","api_key":"k"},)"
         R"("connector_webhook_details":{}})",
         "connector_webhook_details.merchant_secret"},
        {R"({"connector_name":"stripe","connector_account_details":{"auth_type":"HeaderKey","api_key":"k"},)"
         R"("connector_type":"payout_processor"})",
         "connector_type"},
        {R"({"connector_name":"stripe","connector_account_details":{"auth_type":"HeaderKey","api_key":"k"},)"
         R"("callback_addresses":["203.0.113.0/24","203.0.113.7/24"]})",
         "callback_addresses[1]"},
        {R"({"connector_name":"stripe","connector_account_details":{"auth_type":"HeaderKey","api_key":"k"},)"
         R"("callback_addresses":"203.0.113.7"})",
         "callback_addresses"},
        {R"({"connector_name":"stripe","connector_account_details":{"auth_type":"HeaderKey","api_key":"k"},)"
         R"("timeouts":{"first_ms":499}})",
         "timeouts.first_ms"},
        {R"({"connector_name":"stripe","connector_account_details":{"auth_type":"HeaderKey","api_key":"k"},)"
         R"("timeouts":{"later_ms":30001}})",
         "timeouts.later_ms"},
        {R"({"connector_name":"stripe","connector_account_details":{"auth_type":"HeaderKey","api_key":"k"},)"
         R"("timeouts":3000})",
         "timeouts"},
        {R"({"connector_name":"stripe","connector_account_details":{"auth_type":"HeaderKey","api_key":"k"},)"
         R"("fees":[{"basis_points":290},{"basis_points":10001}]})",
         "fees[1].basis_points"},
        {R"({"connector_name":"stripe","connector_account_details":{"auth_type":"HeaderKey","api_key":"k"},)"
         R"("fees":{}})",
         "fees"}}) {
    const json::Document body = parse(row.body);
    EXPECT_EQ(refusal(bind_create_connector_account(body.root(), "m")).first, row.field) << row.body;
  }
}

TEST(ConnectorAccountRequest, LeavesCredentialsThatItDoesNotName) {
  const json::Document body = parse(R"({"connector_type":"payment_processor","connector_label":"updated"})");
  const flows::UpdateConnectorAccount command =
      bind_update_connector_account(body.root(), "m", "mca_1").value();
  EXPECT_FALSE(command.credentials);
  EXPECT_FALSE(command.webhook_secrets);
  EXPECT_FALSE(command.disabled);
  EXPECT_EQ(command.details.timeouts_json, "");
  EXPECT_EQ(command.details.fees_json, "");
}

TEST(ConnectorAccountRequest, TakesTimeoutsAndFeesBack) {
  const json::Document body = parse(R"({"timeouts":{},"fees":[]})");
  const flows::UpdateConnectorAccount command =
      bind_update_connector_account(body.root(), "m", "mca_1").value();
  EXPECT_EQ(command.details.timeouts_json, "{}");
  EXPECT_EQ(command.details.fees_json, "[]");
}

TEST(ListEventsRequest, TakesFilters) {
  const json::Document body =
      parse(R"({"limit":5,"offset":10,"created_after":"2026-01-01T00:00:00Z","object_id":"pay_1",)"
            R"("event_types":["payment_succeeded","refund_failed"]})");
  const flows::ListEvents command = bind_list_events(body.root(), "m").value();
  EXPECT_EQ(command.limit, 5u);
  EXPECT_EQ(command.offset, 10u);
  EXPECT_EQ(command.created_from, parse_iso8601("2026-01-01T00:00:00Z").value());
  EXPECT_EQ(command.types, (std::vector{EventType::payment_succeeded, EventType::refund_failed}));
  const json::Document wrong = parse(R"({"event_types":["payment_exploded"]})");
  EXPECT_EQ(refusal(bind_list_events(wrong.root(), "m")).first, "event_types");
}

}  // namespace
}  // namespace payweir::api::native

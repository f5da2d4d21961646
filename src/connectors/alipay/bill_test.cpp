#include "connectors/alipay/bill.hpp"

#include <gtest/gtest.h>

#include "base/form.hpp"
#include "connectors/alipay/alipay.hpp"
#include "connectors/vectors_testkit.hpp"
#include "crypto/encoding.hpp"
#include "crypto/rsa.hpp"

namespace payweir::alipay {
namespace {

const Alipay kConnector;
constexpr std::string_view kDay = "2026-11-24";

// An account under the vectors' keys, and the gateway's side of it.
struct Account {
  ConnectorCredentials credentials;
  std::shared_ptr<const PreparedCredentials> prepared;
  std::optional<crypto::RsaPrivateKey> gateway;
  Instant now = parse_iso8601("2026-11-25T09:00:00Z").value();
  std::string base_url = "https://openapi.alipay.com";

  Account() {
    const json::Document vectors = testkit::load_vectors("alipay.json");
    const json::Value keys = vectors.root()["keys"];
    const auto secret = [&](const char* name) { return Secret(std::string(keys[name].text())); };
    credentials.auth_type = "AlipayKey";
    credentials.set("app_id", secret("app_id"));
    credentials.set("private_key", secret("app_private_key_pkcs8_pem"));
    credentials.set("alipay_public_key", secret("alipay_public_key_pem"));
    prepared = kConnector.prepare(credentials).value();
    gateway = crypto::RsaPrivateKey::parse(keys["alipay_private_key_for_simulator_pkcs8_pem"].text()).value();
  }
  [[nodiscard]] ConnectorContext context() const {
    return {credentials, base_url, now, seconds(300), prepared.get()};
  }
  [[nodiscard]] Result<StatementSource> read(const std::string& content) const {
    return kConnector.read_statement_answer(
        kDay, context(),
        {200,
         {},
         R"({"alipay_data_dataservice_bill_downloadurl_query_response":)" + content + R"(,"sign":")" +
             crypto::to_base64(gateway->sign_sha256(content)) + "\"}"});
  }
  [[nodiscard]] Result<StatementSource> read_address(const std::string& url) const {
    return read(R"({"code":"10000","msg":"Success","bill_download_url":")" + url + "\"}");
  }
  [[nodiscard]] Result<StatementSource> read_refusal(const std::string& sub_code) const {
    return read(R"({"code":"40004","msg":"Business Failed","sub_code":")" + sub_code + R"(","sub_msg":"-"})");
  }
};

TEST(AlipayBills, AreAskedForByDay) {
  const Account account;
  const auto request = kConnector.begin_statement(kDay, account.context());
  ASSERT_TRUE(request);
  EXPECT_EQ(request->origin, "https://openapi.alipay.com");
  const auto body = form::decode(request->body);
  ASSERT_TRUE(body && body->size() == 1);
  EXPECT_EQ(body->front().second, R"({"bill_type":"trade","bill_date":"2026-11-24"})");
  EXPECT_TRUE(request->target.contains("method=alipay.data.dataservice.bill.downloadurl.query"));
  EXPECT_EQ(kConnector.begin_statement("2026-11-26", account.context()).error().field, "date");
  EXPECT_EQ(kConnector.begin_statement("yesterday", account.context()).error().field, "date");
}

TEST(AlipayBills, AreDownloadedFromTheDocumentedHostByHttpsAlone) {
  const Account account;
  for (const char* url :
       {"https://dwbillcenter.alipay.com/downloadBillFile.resource?bizType=trade&fileId=1",
        "http://dwbillcenter.alipay.com/downloadBillFile.resource?bizType=trade&fileId=1"}) {
    const auto source = account.read_address(url);
    ASSERT_TRUE(source) << source.error().detail;
    const auto& file = std::get<statement::File>(*source);
    EXPECT_EQ(file.request.method, http::Method::get);
    EXPECT_EQ(file.request.origin, "https://dwbillcenter.alipay.com");
    EXPECT_EQ(file.request.target, "/downloadBillFile.resource?bizType=trade&fileId=1");
    EXPECT_FALSE(file.is_at_gateway);  // so that only a public address will do
    EXPECT_EQ(file.sha1, "");
  }
}

TEST(AlipayBills, AreDownloadedFromWhereTheGatewayIsConfigured) {
  Account account;
  account.base_url = "http://127.0.0.1:9090/alipay";
  const auto source = account.read_address("http://127.0.0.1:9090/alipay/bill/token");
  ASSERT_TRUE(source);
  EXPECT_TRUE(std::get<statement::File>(*source).is_at_gateway);
  EXPECT_EQ(std::get<statement::File>(*source).request.target, "/alipay/bill/token");
}

TEST(AlipayBills, AreNotDownloadedFromElsewhere) {
  const Account account;
  for (const char* url :
       {"http://169.254.169.254/latest/meta-data", "http://127.0.0.1/", "https://evil.example/bill",
        "https://dwbillcenter.alipay.com.evil.example/bill",
        "https://dwbillcenter.alipay.com@evil.example/bill", "https://dwbillcenter.alipay.com:8443/bill",
        "http://openapi.alipay.com/bill", "file:///etc/passwd", "", "https://dwbillcenter.alipay.com",
        "ftp://dwbillcenter.alipay.com/bill"}) {
    const auto source = account.read_address(url);
    ASSERT_FALSE(source) << url;
    EXPECT_EQ(source.error().code, Code::address_not_allowed) << url;
  }
}

TEST(AlipayBills, WhatIsNotThereMayComeUntilTen) {
  Account account;
  for (const char* sub_code :
       {"isp.bill_not_exist", "isv.bill-not-exist", "ACQ.BILL_NOT_EXIST", "BILL_NOT_EXIST"}) {
    account.now = parse_iso8601("2026-11-25T01:59:59Z").value();
    EXPECT_TRUE(std::holds_alternative<statement::NotReady>(account.read_refusal(sub_code).value()))
        << sub_code;
    account.now = account.now + seconds(1);
    EXPECT_TRUE(std::holds_alternative<statement::None>(account.read_refusal(sub_code).value())) << sub_code;
  }
}

TEST(AlipayBills, WhatElseIsAnsweredIsAnError) {
  const Account account;
  const auto code = [](const Result<StatementSource>& source) {
    return source ? std::string("none") : std::string(code_name(source.error().code));
  };
  EXPECT_EQ(code(account.read_refusal("isp.unknow-error")), "gateway_unclear");
  EXPECT_EQ(code(account.read_refusal("isv.invalid-app-id")), "connector_credentials_invalid");
  http::Response forged{
      200,
      {},
      R"({"alipay_data_dataservice_bill_downloadurl_query_response":{"code":"10000"},"sign":"AAAA"})"};
  EXPECT_EQ(code(kConnector.read_statement_answer(kDay, account.context(), forged)), "signature_mismatch");
}

}  // namespace
}  // namespace payweir::alipay

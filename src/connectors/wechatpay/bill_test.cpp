#include "connectors/wechatpay/bill.hpp"

#include <gtest/gtest.h>

#include "connectors/wechatpay/certificates.hpp"
#include "connectors/wechatpay/signature.hpp"
#include "connectors/wechatpay/testkit.hpp"

namespace payweir::wechatpay {
namespace {
using testkit::key_text;
using testkit::listing;
using testkit::signed_answer;

constexpr std::string_view kDay = "2026-11-24";
const std::string kHash(40, 'a');

struct Merchant : testkit::Merchant {
  Merchant() {
    artefact =
        read_certificates(context(), signed_answer(200, listing({0}, key_text("apiv3_key")), now))->artefact;
  }
  [[nodiscard]] Result<StatementSource> read(int status, const std::string& body) const {
    return read_bill_answer(kDay, context(), signed_answer(status, body, now));
  }
  [[nodiscard]] Result<StatementSource> read_address(const std::string& url) const {
    return read(200,
                R"({"hash_type":"SHA1","hash_value":")" + kHash + R"(","download_url":")" + url + R"("})");
  }
};

std::string authorization_of(const Merchant& merchant, std::string_view target) {
  return authorization(*merchant.prepared, std::to_string(merchant.now.ms / 1000),
                       "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a",
                       request_sign_string("GET", target, std::to_string(merchant.now.ms / 1000),
                                           "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a", ""));
}

TEST(WechatPayBills, AreAskedForByDay) {
  const Merchant merchant;
  const auto request = ask_for_bill(kDay, merchant.context());
  ASSERT_TRUE(request);
  constexpr std::string_view kTarget = "/v3/bill/tradebill?bill_date=2026-11-24&bill_type=ALL&tar_type=GZIP";
  EXPECT_EQ(request->target, kTarget);
  EXPECT_EQ(request->headers.get("Authorization"), authorization_of(merchant, kTarget));
}

TEST(WechatPayBills, ADayIsADayThatHasBegunInBeijing) {
  Merchant merchant;
  merchant.now = parse_iso8601("2026-11-24T15:59:59Z").value();
  EXPECT_TRUE(ask_for_bill("2026-11-24", merchant.context()));
  for (const char* day : {"2026-11-25", "2026-11-31", "24.11.2026", "", "2026-11-24&x=1", "2026-11-24 "}) {
    const auto refused = ask_for_bill(day, merchant.context());
    ASSERT_FALSE(refused) << day;
    EXPECT_EQ(refused.error().field, "date");
  }
  merchant.now = merchant.now + seconds(1);
  EXPECT_TRUE(ask_for_bill("2026-11-25", merchant.context()));
}

TEST(WechatPayBills, AreDownloadedWithASignatureFromWeChatPayItself) {
  Merchant merchant;
  const auto source = merchant.read_address("https://api.mch.weixin.qq.com/v3/billdownload/file?token=t%2Fk");
  ASSERT_TRUE(source) << source.error().detail;
  const auto& file = std::get<statement::File>(*source);
  EXPECT_EQ(file.sha1, kHash);
  EXPECT_TRUE(file.is_at_gateway);
  EXPECT_EQ(file.request.origin + file.request.target,
            "https://api.mch.weixin.qq.com/v3/billdownload/file?token=t%2Fk");
  EXPECT_EQ(file.request.headers.get("Authorization"),
            authorization_of(merchant, "/v3/billdownload/file?token=t%2Fk"));
  merchant.base_url = "http://127.0.0.1:9090/wechatpay";
  const auto sandboxed =
      merchant.read_address("http://127.0.0.1:9090/wechatpay/v3/billdownload/file?token=t");
  ASSERT_TRUE(sandboxed);
  EXPECT_EQ(std::get<statement::File>(*sandboxed).request.target, "/wechatpay/v3/billdownload/file?token=t");
  EXPECT_EQ(std::get<statement::File>(*sandboxed).request.headers.get("Authorization"),
            authorization_of(merchant, "/v3/billdownload/file?token=t"));
}

TEST(WechatPayBills, AreNotDownloadedFromElsewhere) {
  const Merchant merchant;
  for (const char* url : {"http://api.mch.weixin.qq.com/v3/billdownload/file?token=t",
                          "https://evil.example/v3/billdownload/file?token=t",
                          "https://api.mch.weixin.qq.com.evil.example/v3/billdownload/file?token=t",
                          "https://api.mch.weixin.qq.com@evil.example/v3/billdownload/file?token=t",
                          "https://api.mch.weixin.qq.com:8443/v3/billdownload/file?token=t",
                          "https://api.mch.weixin.qq.com/v3/pay/transactions/native",
                          "http://169.254.169.254/", "", "/v3/billdownload/file?"}) {
    const auto source = merchant.read_address(url);
    ASSERT_FALSE(source) << url;
    EXPECT_EQ(source.error().code, Code::address_not_allowed) << url;
  }
}

TEST(WechatPayBills, WhatIsNotThereMayComeUntilTen) {
  Merchant merchant;
  const std::string none = R"({"code":"NO_STATEMENT_EXIST","message":"none"})";
  merchant.now = parse_iso8601("2026-11-25T01:59:59Z").value();
  EXPECT_TRUE(std::holds_alternative<statement::NotReady>(merchant.read(400, none).value()));
  merchant.now = merchant.now + seconds(1);
  EXPECT_TRUE(std::holds_alternative<statement::None>(merchant.read(400, none).value()));
  EXPECT_TRUE(std::holds_alternative<statement::NotReady>(
      merchant.read(400, R"({"code":"STATEMENT_CREATING","message":"soon"})").value()));
}

TEST(WechatPayBills, WhatElseIsAnsweredIsAnError) {
  const Merchant merchant;
  const auto code = [&](const Result<StatementSource>& source) {
    return source ? std::string("none") : std::string(code_name(source.error().code));
  };
  EXPECT_EQ(code(merchant.read(500, R"({"code":"SYSTEM_ERROR"})")), "gateway_unclear");
  EXPECT_EQ(code(merchant.read(401, R"({"code":"SIGN_ERROR"})")), "connector_credentials_invalid");
  EXPECT_EQ(
      code(merchant.read(200, R"({"download_url":"https://api.mch.weixin.qq.com/v3/billdownload/file?t"})")),
      "connector_answer_malformed");
  EXPECT_EQ(code(read_bill_answer(kDay, merchant.context(), http::Response{200, {}, "{}"})),
            "signature_mismatch");
}

}  // namespace
}  // namespace payweir::wechatpay

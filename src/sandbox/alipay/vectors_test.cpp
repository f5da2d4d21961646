// tests/vectors/alipay.json, or the file of that name in $VECTORS_DIR: what Alipay's own SDK put on the wire,
// served by the model under the keys of that file.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "sandbox/alipay/testkit.hpp"

namespace payweir::sandbox::alipay {
namespace {

using http::Method;

json::Document load_vectors() {
  const char* const folder = std::getenv("VECTORS_DIR");
  const std::string path = std::string(folder != nullptr ? folder : "tests/vectors") + "/alipay.json";
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  auto document = json::parse(text.str(), {.depth_max = 64, .keys_max = 1'000'000});
  EXPECT_TRUE(document.has_value()) << path << " cannot be read";
  return document ? *std::move(document) : json::Document{};
}

// As the SDK sent it: to the gateway, to a page, or handed to the payer's app.
http::Request request_of(json::Value vector) {
  if (const json::Value wire = vector["wire"]; wire["target"].present())
    return {.method = Method::post,
            .target = std::string(wire["target"].text()),
            .body = crypto::from_base64(wire["body_b64"].text()).value_or("")};
  if (const std::string_view url = vector["url"].text(); !url.empty())
    return {.method = Method::get, .target = "/gateway.do?" + std::string(http::query_of(url))};
  if (const std::string_view text = vector["order_string"].text(); !text.empty())
    return {.method = Method::post, .target = "/app", .body = std::string(text)};
  Params params;
  for (json::Value value = vector["params"].first(); value.present(); value = value.next())
    params[std::string(value.key())] = value.text();
  return {.method = Method::post, .target = "/gateway.do", .body = encode(params)};
}

TEST(AlipayVectors, EveryRequestOfTheSdkIsUnderstood) {
  const json::Document document = load_vectors();
  const json::Value keys = document.root()["keys"];
  Client client;
  json::Writer app;
  app.begin_object().field("app_id", keys["app_id"].text());
  app.field("app_public_key", keys["app_public_key_pem"].text());
  app.field("alipay_private_key", keys["alipay_private_key_for_simulator_pkcs8_pem"].text());
  app.field("aes_key", keys["aes_key_b64"].text()).end_object();
  ASSERT_EQ(client.control(Method::post, "/apps", std::string(app.view())).status, 200);
  int count = 0;
  for (json::Value vector = document.root()["gateway_request_cases"].first(); vector.present();
       vector = vector.next(), ++count) {
    const Reaction reaction = client.model.handle(request_of(vector), client.now, client.draws);
    const std::string& body = reaction.response->body;
    for (const char* wrong : {"isv.", "40001", "40002", "INVALID_PARAMETER"})
      EXPECT_FALSE(body.contains(wrong)) << vector["id"].text() << ": " << body;
  }
  EXPECT_GT(count, 10);
}

}  // namespace
}  // namespace payweir::sandbox::alipay

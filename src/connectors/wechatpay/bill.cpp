#include "connectors/wechatpay/bill.hpp"

#include <algorithm>

#include "connectors/wechatpay/request.hpp"
#include "connectors/wechatpay/response.hpp"
#include "connectors/wire/base_url.hpp"
#include "connectors/wire/statement_day.hpp"

namespace payweir::wechatpay {
namespace {

constexpr std::string_view kFile = "/v3/billdownload/file?";
constexpr std::size_t kHashSize = 40;  // SHA-1 in hex

bool is_hash(std::string_view text) {
  return text.size() == kHashSize && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

// What the merchant signs is sent to where the gateway is, and nowhere else.
Result<StatementSource> file_at(std::string_view url, std::string sha1, const ConnectorContext& context) {
  const std::string_view base = context.base_url;
  if (!url.starts_with(base) || !url.substr(base.size()).starts_with(kFile))
    return fail(Code::address_not_allowed, "", "WeChat Pay says that the bill is somewhere else than itself");
  return statement::File{
      build_request({http::Method::get, std::string(url.substr(base.size())), ""}, context), std::move(sha1),
      true};
}

Result<StatementSource> read_refusal(Instant day, Instant now, const Content& content) {
  std::string code(content.root()["code"].text());
  const std::string words = code + " " + std::string(content.root()["message"].text());
  std::erase(code, '_');
  if (code == "STATEMENTCREATING") return statement::NotReady{};
  if (code == "NOSTATEMENTEXIST")
    return wire::may_still_come(day, now) ? StatementSource(statement::NotReady{}) : statement::None{};
  const Refusal refusal = content.error().ours;
  if (refusal == Refusal::credentials || refusal == Refusal::rejected)
    return fail(Code::connector_credentials_invalid, "", "WeChat Pay refuses: " + words);
  return fail(Code::gateway_unclear, "", "WeChat Pay answered " + words);
}

}  // namespace

Result<http::Request> ask_for_bill(std::string_view day, const ConnectorContext& context) {
  if (const Result<Instant> begin = wire::begin_of_day(day, context.now); !begin) return fail(begin.error());
  return build_request(
      {http::Method::get, "/v3/bill/tradebill?bill_date=" + std::string(day) + "&bill_type=ALL&tar_type=GZIP",
       ""},
      context);
}

Result<StatementSource> read_bill_answer(std::string_view day, const ConnectorContext& context,
                                         const http::Response& answer) {
  const Result<Instant> begin = wire::begin_of_day(day, context.now);
  if (!begin) return fail(begin.error());
  const Result<Content> content = read_content(answer, context);
  if (!content) return fail(content.error());
  if (!content->is_success()) return read_refusal(*begin, context.now, *content);
  const json::Value root = content->root();
  if (root["hash_type"].text() != "SHA1" || !is_hash(root["hash_value"].text()))
    return fail(Code::connector_answer_malformed, "", "WeChat Pay names no SHA-1 of the bill");
  return file_at(root["download_url"].text(), std::string(root["hash_value"].text()), context);
}

}  // namespace payweir::wechatpay

#include "connectors/alipay/bill.hpp"

#include <algorithm>

#include "base/json_writer.hpp"
#include "connectors/alipay/request.hpp"
#include "connectors/alipay/response.hpp"
#include "connectors/wire/base_url.hpp"
#include "connectors/wire/statement_day.hpp"

namespace payweir::alipay {
namespace {

// The documented host. The documentation's sample says http; what is in the address lets anybody have the
// file, so that it is sent by https alone.
constexpr std::string_view kBillHost = "https://dwbillcenter.alipay.com";
constexpr std::string_view kBillHostInClear = "http://dwbillcenter.alipay.com";

Result<StatementSource> file_at(std::string_view url, const ConnectorContext& context) {
  const std::string own = wire::split_base_url(context.base_url).origin;
  wire::BaseUrl at = wire::split_base_url(url);
  if (at.origin == kBillHostInClear) at.origin = kBillHost;
  if ((at.origin != own && at.origin != kBillHost) || at.path_prefix.empty())
    return fail(Code::address_not_allowed, "", "Alipay says that the bill is on a host that is not Alipay's");
  http::Request request{.method = http::Method::get, .target = at.path_prefix, .origin = at.origin};
  return statement::File{std::move(request), "", at.origin == own};
}

// "isp.bill_not_exist", which elsewhere is written BILL_NOT_EXIST.
bool is_not_there(std::string_view sub_code) {
  std::string word(sub_code.substr(sub_code.find('.') + 1));
  std::ranges::transform(word, word.begin(), [](char c) {
    if (c == '-') return '_';
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return word == "bill_not_exist";
}

}  // namespace

Result<http::Request> ask_for_bill(std::string_view day, const ConnectorContext& context) {
  if (const Result<Instant> begin = wire::begin_of_day(day, context.now); !begin) return fail(begin.error());
  json::Writer content(64);
  content.begin_object().field("bill_type", "trade").field("bill_date", day).end_object();
  return build_request({kBillUrl, std::move(content).take(), "", ""}, context);
}

Result<StatementSource> read_bill_answer(std::string_view day, const ConnectorContext& context,
                                         const http::Response& answer) {
  const Result<Instant> begin = wire::begin_of_day(day, context.now);
  if (!begin) return fail(begin.error());
  const Result<Content> content = read_content(answer, kBillUrl, credentials_of(context));
  if (!content) return fail(content.error());
  const json::Value root = content->root();
  if (content->is_success()) return file_at(root["bill_download_url"].text(), context);
  const std::string_view sub_code = root["sub_code"].text();
  if (is_not_there(sub_code))
    return wire::may_still_come(*begin, context.now) ? StatementSource(statement::NotReady{})
                                                     : statement::None{};
  const std::string words = std::string(sub_code) + " " + std::string(root["sub_msg"].text());
  const Refusal refusal = content->error().ours;
  if (refusal == Refusal::credentials || refusal == Refusal::rejected)
    return fail(Code::connector_credentials_invalid, "", "Alipay refuses: " + words);
  return fail(Code::gateway_unclear, "", "Alipay answered " + words);
}

}  // namespace payweir::alipay

#include "sandbox/wechatpay/bill.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "sandbox/archive.hpp"
#include "sandbox/china_time.hpp"
#include "sandbox/orders/payer.hpp"
#include "sandbox/wechatpay/render.hpp"
#include "sandbox/wechatpay/transactions.hpp"

namespace payweir::sandbox::wechatpay {
namespace {

using orders::format_yuan;

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kTradeColumns =
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,"
    "货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,"
    "商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n";
constexpr std::string_view kTradeSums =
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n";
constexpr std::string_view kFundColumns =
    "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),"
    "资金变更提交申请人,"
    "备注,业务凭证号\r\n";
constexpr std::string_view kFundSums = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额\r\n";

struct Line {
  const Order* order = nullptr;
  const OrderRefund* refund = nullptr;  // nullptr: the payment
  std::int64_t at_ms = 0;
  std::size_t place = 0;  // equal times stay in the order of the books

  [[nodiscard]] std::int64_t amount() const { return refund != nullptr ? refund->amount : order->amount; }
  // 0.6 % in hundred-thousandths of a yuan; given back with a refund.
  [[nodiscard]] std::int64_t fee() const { return (refund != nullptr ? -6 : 6) * amount(); }
};

// What was paid and refunded that day, in the order it happened.
std::vector<Line> lines_of(const Call& call, Instant day) {
  std::vector<Line> lines;
  const auto add = [&](const Order& order, const OrderRefund* refund, std::int64_t at_ms) {
    if (at_ms >= day.ms && at_ms < (day + days(1)).ms) lines.push_back({&order, refund, at_ms, lines.size()});
  };
  for (std::uint32_t number = 0; number < call.state.books.size(); ++number) {
    const Order& order = call.state.books.at(number);
    if (order.account != call.merchant.account || !order.was_paid()) continue;
    for (int charge = 0; charge < order.charge_count; ++charge)
      add(order, nullptr, order.paid_ms);
    for (const OrderRefund& refund : order.refunds)
      if (refund.counts()) add(order, &refund, refund.created_ms);
  }
  std::ranges::sort(lines, {}, [](const Line& line) { return std::pair(line.at_ms, line.place); });
  return lines;
}

std::string five_decimals(std::int64_t hundred_thousandths) {
  const std::int64_t size = hundred_thousandths < 0 ? -hundred_thousandths : hundred_thousandths;
  return (hundred_thousandths < 0 ? "-" : "") + std::to_string(size / 100'000) + "." +
         std::to_string(100'000 + size % 100'000).substr(1);
}

// Each cell with a backtick in front, so that a comma in a text divides nothing.
std::string row(std::initializer_list<std::string_view> cells) {
  std::string out;
  for (const std::string_view cell : cells) {
    if (!out.empty()) out += ',';
    out.append("`").append(cell);
  }
  std::ranges::replace(out, '\n', ' ');
  return out + "\r\n";
}

std::string trade_row(const Line& line, const Merchant& merchant) {
  const Order& order = *line.order;
  const bool is_refund = line.refund != nullptr;
  const std::string amount = format_yuan(line.amount());
  const std::string paid = is_refund ? "0.00" : amount, refunded = is_refund ? amount : "0.00";
  const std::string_view state = !is_refund                           ? "SUCCESS"
                                 : order.state == OrderState::revoked ? "REVOKED"
                                                                      : "REFUND";
  return row({format_china(Instant{line.at_ms}),
              merchant.appid,
              merchant.mchid,
              "0",
              "",
              order.transaction_no,
              order.out_trade_no,
              order.buyer,
              trade_type(order.channel),
              state,
              "OTHERS",
              "CNY",
              paid,
              "0.00",
              is_refund ? std::string_view(line.refund->id) : "0",
              is_refund ? std::string_view(line.refund->request_no) : "0",
              refunded,
              "0.00",
              is_refund ? "ORIGINAL" : "",
              is_refund ? refund_status(line.refund->state) : "",
              order.subject,
              order.attach,
              five_decimals(line.fee()),
              "0.60%",
              paid,
              refunded,
              ""});
}

std::string trade_bill(const std::vector<Line>& lines, const Merchant& merchant) {
  std::string out = std::string(kByteOrderMark) + std::string(kTradeColumns);
  std::int64_t paid = 0, refunded = 0, fees = 0;
  for (const Line& line : lines) {
    out += trade_row(line, merchant);
    (line.refund != nullptr ? refunded : paid) += line.amount();
    fees += line.fee();
  }
  out += kTradeSums;
  return out + row({std::to_string(lines.size()), format_yuan(paid), format_yuan(refunded), "0.00",
                    five_decimals(fees), format_yuan(paid), format_yuan(refunded)});
}

std::string fund_flow_bill(const std::vector<Line>& lines) {
  std::string out = std::string(kByteOrderMark) + std::string(kFundColumns);
  std::int64_t balance = 0, income = 0, incomes = 0, outgo = 0;
  for (const Line& line : lines) {
    const bool is_refund = line.refund != nullptr;
    balance += is_refund ? -line.amount() : line.amount();
    (is_refund ? outgo : income) += line.amount();
    incomes += is_refund ? 0 : 1;
    const std::string& id = is_refund ? line.refund->id : line.order->transaction_no;
    out += row({format_china(Instant{line.at_ms}), id, id, is_refund ? "退款" : "交易",
                is_refund ? "退款" : "交易", is_refund ? "支出" : "收入", format_yuan(line.amount()),
                format_yuan(balance), "system", line.order->subject,
                is_refund ? line.refund->request_no : line.order->out_trade_no});
  }
  out += kFundSums;
  const auto count = static_cast<std::int64_t>(lines.size());
  return out + row({std::to_string(count), std::to_string(incomes), format_yuan(income),
                    std::to_string(count - incomes), format_yuan(outgo)});
}

// The day that is asked for, when there can be a bill of it.
Parsed<Instant> read_day(const Call& call) {
  const auto day = parse_china_day(query_parameter(call, "bill_date"));
  if (!day) return std::unexpected(param_error("bill_date", "yyyy-MM-dd"));
  const Instant today = china_midnight(call.now);
  if (*day + kBillsKept < today) return std::unexpected(param_error("bill_date", "over three months ago"));
  if (*day > today || (*day == today && !call.state.bills_of_today))
    return std::unexpected(
        Problem{.code = "NO_STATEMENT_EXIST", .message = "账单文件不存在 bill_date: the day is not over"});
  return *day;
}

Reply link_to(Call& call, std::string content) {
  const std::string tar_type = query_parameter(call, "tar_type");
  if (!tar_type.empty() && tar_type != "GZIP")
    return std::unexpected(param_error("tar_type", "GZIP or nothing"));
  crypto::Sha1 hash;
  hash.update(content);
  std::erase_if(call.state.bill_links, [&](const auto& link) { return link.second.expires <= call.now; });
  if (call.state.bill_links.size() >= kBillLinksMax) return std::unexpected(rate_limited());
  const std::string token = call.draws.token(32);
  call.state.bill_links[token] = {
      .content = std::move(content), .is_packed = !tar_type.empty(), .expires = call.now + kBillLinkLife};
  json::Writer out;
  out.begin_object().field("hash_type", "SHA1").field("hash_value", crypto::to_hex(hash.finish()));
  const std::string origin =
      call.state.public_url.empty() ? std::string("https://api.mch.weixin.qq.com") : call.state.public_url;
  out.field("download_url", origin + "/v3/billdownload/file?token=" + token).end_object();
  return Answer{.body = std::move(out).take()};
}

Problem no_statement() {
  return {.code = "NO_STATEMENT_EXIST", .message = "账单文件不存在 nothing happened that day"};
}

}  // namespace

Reply request_trade_bill(Call& call) {
  const auto day = read_day(call);
  if (!day) return std::unexpected(day.error());
  const std::string type = query_parameter(call, "bill_type");
  if (!type.empty() && type != "ALL" && type != "SUCCESS" && type != "REFUND")
    return std::unexpected(param_error("bill_type", "ALL, SUCCESS or REFUND"));
  std::vector<Line> lines = lines_of(call, *day);
  if (type == "SUCCESS") std::erase_if(lines, [](const Line& line) { return line.refund != nullptr; });
  if (type == "REFUND") std::erase_if(lines, [](const Line& line) { return line.refund == nullptr; });
  if (lines.empty()) return std::unexpected(no_statement());
  return link_to(call, trade_bill(lines, call.merchant));
}

Reply request_fund_flow_bill(Call& call) {
  const auto day = read_day(call);
  if (!day) return std::unexpected(day.error());
  const std::vector<Line> lines = lines_of(call, *day);
  if (lines.empty()) return std::unexpected(no_statement());
  return link_to(call, fund_flow_bill(lines));
}

Reply download_bill(Call& call) {
  const auto link = call.state.bill_links.find(query_parameter(call, "token"));
  if (link == call.state.bill_links.end() || link->second.expires <= call.now)
    return std::unexpected(
        Problem{.status = 404, .code = "RESOURCE_NOT_EXISTS", .message = "下载链接已失效 token"});
  const bool is_packed = link->second.is_packed;
  return Answer{.body = is_packed ? gzip(link->second.content) : link->second.content,
                .content_type = is_packed ? "application/x-gzip" : "text/plain; charset=utf-8",
                .is_signed = false};
}

}  // namespace payweir::sandbox::wechatpay

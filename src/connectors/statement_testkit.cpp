#include "connectors/statement_testkit.hpp"

#include <iconv.h>
#include <zlib.h>

#include <algorithm>
#include <array>

#include "base/check.hpp"
#include "connectors/wire/decimal_amount.hpp"

namespace payweir::testkit {
namespace {

void append_number(std::string& bytes, std::uint64_t number, int width) {
  for (int i = 0; i < width; ++i)
    bytes += i < 8 ? static_cast<char>(number >> 8 * i & 0xff) : '\0';
}

std::uint32_t crc_of(std::uint32_t before, std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

class Deflater {
 public:
  enum class Wrapper : std::uint8_t { none, gzip };
  explicit Deflater(Wrapper wrapper) {
    const int bits = wrapper == Wrapper::gzip ? 15 + 16 : -15;
    check(deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, bits, 9, Z_DEFAULT_STRATEGY) == Z_OK,
          "out of memory for zlib");
  }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  ~Deflater() { deflateEnd(&stream_); }

  Result<void> feed(std::string_view bytes, bool last, const wire::ByteSink& sink) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    int answer = Z_OK;
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(piece_.data());
      stream_.avail_out = static_cast<uInt>(piece_.size());
      answer = deflate(&stream_, last ? Z_FINISH : Z_NO_FLUSH);
      const std::size_t made = piece_.size() - stream_.avail_out;
      packed_ += made;
      if (made > 0)
        if (auto taken = sink({piece_.data(), made}); !taken) return taken;
    } while (last ? answer != Z_STREAM_END : stream_.avail_out == 0);
    return {};
  }
  [[nodiscard]] std::uint64_t packed() const { return packed_; }

 private:
  z_stream stream_{};
  std::uint64_t packed_ = 0;
  std::array<char, std::size_t{64} * 1024> piece_{};
};

wire::ByteSink appending_to(std::string& bytes) {
  return [&bytes](std::string_view piece) -> Result<void> {
    bytes += piece;
    return {};
  };
}

// What local header and directory have in common, from "version needed" to the file name's size.
void append_common(std::string& bytes, const ZipEntry& entry, std::uint32_t crc, std::uint64_t packed,
                   std::uint64_t unpacked) {
  append_number(bytes, entry.is_zip64 ? 45 : 20, 2);
  append_number(bytes, (entry.has_descriptor ? 8u : 0u) | (entry.name_is_utf8 ? 0x800u : 0u), 2);
  append_number(bytes, entry.is_deflated ? 8 : 0, 2);
  append_number(bytes, 0x5c2f0000, 4);
  append_number(bytes, crc, 4);
  append_number(bytes, entry.is_zip64 ? 0xffffffff : packed, 4);
  append_number(bytes, entry.is_zip64 ? 0xffffffff : unpacked, 4);
  append_number(bytes, entry.name.size(), 2);
}

std::string local_header(const ZipEntry& entry, std::uint32_t crc, std::uint64_t packed,
                         std::uint64_t unpacked) {
  std::string bytes = "PK\x03\x04";
  append_common(bytes, entry, crc, packed, unpacked);
  append_number(bytes, entry.is_zip64 ? 20 : 0, 2);
  bytes += entry.name;
  if (entry.is_zip64) {
    append_number(bytes, 1, 2);
    append_number(bytes, 16, 2);
    append_number(bytes, unpacked, 8);
    append_number(bytes, packed, 8);
  }
  return bytes;
}

std::string descriptor(const ZipEntry& entry, std::uint32_t crc, std::uint64_t packed,
                       std::uint64_t unpacked) {
  std::string bytes = entry.has_descriptor_signature ? "PK\x07\x08" : "";
  append_number(bytes, crc, 4);
  append_number(bytes, packed, entry.is_zip64 ? 8 : 4);
  append_number(bytes, unpacked, entry.is_zip64 ? 8 : 4);
  return bytes;
}

std::string directory_of(const std::vector<ZipEntry>& entries) {
  std::string bytes;
  for (const ZipEntry& entry : entries) {
    bytes += "PK\x01\x02";
    append_number(bytes, 20, 2);
    append_common(bytes, entry, 0, 0, 0);
    append_number(bytes, 0, 2);              // extra
    append_number(bytes, 3, 2);              // comment
    append_number(bytes, 0, 2 + 2 + 4 + 4);  // disk, attributes, offset: a reader that streams needs none
    bytes += entry.name;
    bytes += "day";
  }
  if (!entries.empty() && entries[0].is_zip64) {
    bytes += "PK\x06\x06";
    append_number(bytes, 44, 8);
    append_number(bytes, 0, 44);
    bytes += "PK\x06\x07";
    append_number(bytes, 0, 16);
  }
  bytes += "PK\x05\x06";
  append_number(bytes, 0, 4);
  append_number(bytes, entries.size(), 2);
  append_number(bytes, entries.size(), 2);
  append_number(bytes, 0, 8);
  append_number(bytes, 4, 2);
  bytes += "made";
  return bytes;
}

}  // namespace

std::string gbk(std::string_view utf8) {
  const iconv_t handle = iconv_open("GBK", "UTF-8");
  std::string bytes(utf8.size() + 1, '\0');
  char* in = const_cast<char*>(utf8.data());
  std::size_t in_left = utf8.size();
  char* out = bytes.data();
  std::size_t out_left = bytes.size();
  check(iconv(handle, &in, &in_left, &out, &out_left) != static_cast<std::size_t>(-1), "not a text of GBK");
  iconv_close(handle);
  bytes.resize(bytes.size() - out_left);
  return bytes;
}

std::string zip_of(const std::vector<ZipEntry>& entries) {
  std::string bytes;
  for (const ZipEntry& entry : entries) {
    std::string packed = entry.bytes;
    if (entry.is_deflated) {
      packed.clear();
      Deflater deflater(Deflater::Wrapper::none);
      check(deflater.feed(entry.bytes, true, appending_to(packed)).has_value(), "a text cannot be packed");
    }
    const std::uint32_t crc = crc_of(0, entry.bytes);
    bytes += entry.has_descriptor ? local_header(entry, 0, 0, 0)
                                  : local_header(entry, crc, packed.size(), entry.bytes.size());
    bytes += packed;
    if (entry.has_descriptor) bytes += descriptor(entry, crc, packed.size(), entry.bytes.size());
  }
  return bytes + directory_of(entries);
}

std::string gzip_of(std::string_view bytes) {
  std::string packed;
  Deflater deflater(Deflater::Wrapper::gzip);
  check(deflater.feed(bytes, true, appending_to(packed)).has_value(), "a text cannot be packed");
  return packed;
}

std::string alipay_zip(std::string_view table_utf8) {
  const std::string prefix = "20880000000000000156_20260115_";
  return zip_of({{.name = gbk(prefix + "业务明细.csv"), .bytes = gbk(table_utf8)},
                 {.name = gbk(prefix + "业务明细(汇总).csv"), .bytes = gbk("#支付宝业务汇总查询\r\n")}});
}

ReadStatement read_statement(MakeReader make_reader, std::string_view bytes, std::size_t piece_size) {
  ReadStatement read;
  const auto reader = make_reader([&](const StatementLine& line) -> Result<void> {
    read.lines.push_back(line);
    return {};
  });
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece_size, bytes.size())))
    if (auto fed = reader->feed(bytes.substr(0, piece_size)); !fed) {
      read.summary = std::unexpected(fed.error());
      return read;
    }
  read.summary = reader->finish();
  return read;
}

// ── statements of any size ────────────────────────────────────────────────────────────────────────

namespace {

constexpr std::string_view kAlipayHead =
    "#支付宝业务明细查询\r\n#账号：[20880000000000000156]\r\n"
    "#起始日期：[2026年01月15日 00:00:00]   终止日期：[2026年01月16日 00:00:00]\r\n"
    "#-----------------------------------------业务明细列表----------------------------------------\r\n"
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,"
    "订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,"
    "券核销金额（元）,"
    "券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注\r\n";
constexpr std::uint64_t kAlipayHeadRows = 5;
constexpr std::string_view kWeChatPayHead =
    "\xEF\xBB\xBF"
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,"
    "货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,"
    "商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n";
constexpr std::uint64_t kWeChatPayHeadRows = 1;

constexpr bool is_refund(std::uint64_t index) {
  return index % 10 == 9;
}
constexpr std::int64_t fen_of(std::uint64_t index) {
  return static_cast<std::int64_t>(index % 1'000'000) + 1;
}

struct Sums {
  std::int64_t payments = 0, refunds = 0;  // rows
  std::int64_t paid = 0, refunded = 0;     // fen
};

// Texts that are not ASCII, in the encoding of the file, made once.
struct Words {
  std::string payment, refund, subject;
};

void append_padded(std::string& text, std::uint64_t number) {
  const std::string digits = std::to_string(number);
  text.append(12 - std::min<std::size_t>(12, digits.size()), '0').append(digits);
}

void append_alipay_row(std::string& text, std::uint64_t index, const Words& words, bool bad) {
  const std::string yuan = (is_refund(index) ? "-" : "") + wire::yuan_from_fen(fen_of(index));
  text += "2026011522001412";
  append_padded(text, index);
  text += "\t,T";
  append_padded(text, index);
  text.append("\t,")
      .append(is_refund(index) ? words.refund : words.payment)
      .append("\t,")
      .append(words.subject);
  text += ",2026-01-15 10:00:00,2026-01-15 10:00:05,\t,\t,\t,\t,138****0000\t,";
  text.append(yuan).append(",").append(yuan).append(",0.00,0.00,0.00,0.00,0.00,,0.00\t,0.00,");
  if (is_refund(index)) text.append("R").append(std::to_string(index));
  text.append("\t,").append(bad ? "0.0x" : "0.00").append(",0.00,\r\n");
}

void append_wechatpay_row(std::string& text, std::uint64_t index, const Words& words, bool bad) {
  const std::string yuan = wire::yuan_from_fen(fen_of(index));
  const std::string_view paid = is_refund(index) ? "0.00" : std::string_view(yuan);
  const std::string_view refunded = is_refund(index) ? std::string_view(yuan) : "0.00";
  text += "`2026-01-15 11:00:00,`wx6ecd92bfec023656,`1214419392,`0,`,`4200451761058486";
  append_padded(text, index);
  text += ",`O";
  append_padded(text, index);
  text += ",`oAE0UUOHLN8W0Q3HR2EEQ0WMKSSX,`NATIVE,`";
  text.append(is_refund(index) ? "REFUND" : "SUCCESS")
      .append(",`OTHERS,`CNY,`")
      .append(paid)
      .append(",`0.00,`");
  text.append(is_refund(index) ? "5030" + std::to_string(index) : "0").append(",`");
  text.append(is_refund(index) ? "R" + std::to_string(index) : "0").append(",`").append(refunded);
  text.append(",`0.00,`").append(is_refund(index) ? "ORIGINAL,`SUCCESS,`" : ",`,`").append(words.subject);
  text.append(",`,`").append(bad ? "0.0x" : "0.00120").append(",`0.60%,`").append(paid).append(",`");
  text.append(refunded).append(",`\r\n");
}

std::string alipay_foot(const Sums& sums) {
  return "#-----------------------------------------业务明细列表结束------------------------------------\r\n"
         "#交易合计：" +
         std::to_string(sums.payments) + "笔，商家实收共" + wire::yuan_from_fen(sums.paid) +
         "元，商家优惠共0.00元\r\n#退款合计：" + std::to_string(sums.refunds) + "笔，商家实收退款共-" +
         wire::yuan_from_fen(sums.refunded) +
         "元，商家优惠退款共0.00元\r\n#导出时间：[2026年01月16日 06:27:10]\r\n";
}

std::string wechatpay_foot(const Sums& sums) {
  const std::string paid = wire::yuan_from_fen(sums.paid), refunded = wire::yuan_from_fen(sums.refunded);
  const std::int64_t rows = sums.payments + sums.refunds;
  std::string fees = wire::yuan_from_fen(rows * 120 / 1000);  // 0.00120 a row
  const std::string rest = std::to_string(rows * 120 % 1000);
  fees.append(3 - rest.size(), '0').append(rest);
  return "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n`" +
         std::to_string(rows) + ",`" + paid + ",`" + refunded + ",`0.00,`" + fees + ",`" + paid + ",`" +
         refunded + "\r\n";
}

}  // namespace

Result<LongStatementMade> stream_statement(const LongStatement& wanted, const wire::ByteSink& sink) {
  const bool alipay = wanted.gateway == Gateway::alipay;
  const auto encoded = [alipay](std::string_view utf8) { return alipay ? gbk(utf8) : std::string(utf8); };
  const Words words{encoded("交易"), encoded("退款"), encoded("咖啡 大杯")};
  Deflater deflater(alipay ? Deflater::Wrapper::none : Deflater::Wrapper::gzip);
  ZipEntry entry{.name = gbk("20880000000000000156_20260115_业务明细.csv"), .has_descriptor = true};
  // Streaming writers only turn to 64 bits when 32 do not suffice.
  if (alipay)
    if (auto taken = sink(local_header(entry, 0, 0, 0)); !taken) return std::unexpected(taken.error());

  LongStatementMade made;
  std::uint32_t crc = 0;
  const auto pack = [&](std::string_view text, bool last) {
    made.text_size += text.size();
    if (alipay) crc = crc_of(crc, text);
    return deflater.feed(text, last, sink);
  };
  Sums sums;
  std::string text = encoded(alipay ? kAlipayHead : kWeChatPayHead);
  made.last_row = alipay ? kAlipayHeadRows : kWeChatPayHeadRows;
  while (made.text_size + text.size() < wanted.text_size) {
    const bool bad = ++made.last_row == wanted.bad_row;
    if (alipay)
      append_alipay_row(text, made.rows, words, bad);
    else
      append_wechatpay_row(text, made.rows, words, bad);
    (is_refund(made.rows) ? sums.refunded : sums.paid) += fen_of(made.rows);
    ++(is_refund(made.rows) ? sums.refunds : sums.payments);
    ++made.rows;
    if (text.size() < std::size_t{64} * 1024) continue;
    if (auto packed = pack(text, false); !packed) return std::unexpected(packed.error());
    text.clear();
  }
  text += encoded(alipay ? alipay_foot(sums) : wechatpay_foot(sums));
  if (auto packed = pack(text, true); !packed) return std::unexpected(packed.error());
  if (alipay) {
    entry.is_zip64 = deflater.packed() > 0xffffffff || made.text_size > 0xffffffff;
    if (auto taken = sink(descriptor(entry, crc, deflater.packed(), made.text_size) + directory_of({entry}));
        !taken)
      return std::unexpected(taken.error());
  }
  return made;
}

}  // namespace payweir::testkit

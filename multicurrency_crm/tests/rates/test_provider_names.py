"""What publishers are called by readers of several languages."""

from odoo.tests import Form, tagged

from .common import RatesCommon, eur_quotes

ECB = "欧洲中央银行"


@tagged("post_install", "-at_install")
class TestProviderNames(RatesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.Provider = cls.env["fx.rate.provider"]
        cls.ecb = cls.env.ref("multicurrency_crm.fx_rate_provider_ecb")
        cls.file = cls.env.ref("multicurrency_crm.fx_rate_provider_file")

    @staticmethod
    def _in_chinese(records):
        return records.with_context(lang="zh_CN")

    def test_those_that_are_installed(self):
        self.assertEqual(self.file.name, "File with rates")
        for field in ("shown_name", "display_name"):
            self.assertEqual(self._in_chinese(self.file)[field], "汇率文件")
            self.assertEqual(self._in_chinese(self.ecb)[field], ECB)
            self.assertEqual(self.ecb[field], "European Central Bank")

    def test_made_by_a_chinese_colleague_read_by_an_english_one(self):
        provider = self.Provider.create({"name": ECB, "service": "ecb"})
        self.assertEqual(provider.shown_name, "European Central Bank")
        self.assertEqual(self._in_chinese(provider).shown_name, ECB)

    def test_what_a_colleague_calls_it_stays(self):
        with Form(self._in_chinese(self.file)) as form:
            form.shown_name = "银行牌价表"
        self.assertEqual(self.file.name, "银行牌价表")
        self.assertEqual(self.file.shown_name, "银行牌价表", "in every language")

    def test_saving_it_in_another_language_renames_nothing(self):
        with Form(self._in_chinese(self.ecb)) as form:
            form.interval_number = 3
        self.assertEqual(self.ecb.name, "European Central Bank")
        self._in_chinese(self.file).shown_name = "汇率文件"
        self.assertEqual(self.file.name, "File with rates")

    def test_made_in_a_form(self):
        with Form(self.Provider) as form:
            form.shown_name = "Our bank"
            form.service = "manual_file"
        self.assertEqual(form.record.name, "Our bank")

    def test_found_by_what_is_read(self):
        for lang, word in (("zh_CN", "汇率文"), ("en_US", "file with")):
            found = self.Provider.with_context(lang=lang).name_search(word)
            self.assertIn(self.file.id, [row[0] for row in found])

    def test_sentences_and_evidence_are_the_readers(self):
        self.provider.name = ECB  # as a Chinese colleague typed it
        self.provider._store(eur_quotes(1))
        rate = self.usd.rate_ids.filtered(lambda rate: rate.company_id == self.company)
        self.assertEqual(rate.fx_source, "European Central Bank")
        self.assertEqual(self._in_chinese(rate).fx_source, ECB)
        spot = self._in_chinese(self.usd)._find_spot(self.company, rate.name)
        self.assertEqual(spot[self.usd.id].source, ECB)
        evidence = self._in_chinese(self.env["fx.rate.lock"])._prepare_evidence(
            spot[self.usd.id]
        )
        self.assertEqual(evidence["source"], "European Central Bank")

//! The names that the command line, the API and the exports share for measures, scopes, reasons and choices.
//!
//! They live in one place, each with the word that is written and read, because other programs look results up by
//! these words: a measure cannot be called one thing in the input and another in the answer.

/// Declares an enum whose variants are written and read as fixed words.
macro_rules! names {
    ($(#[$outer:meta])* $name:ident { $($(#[$inner:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$inner])* $variant,)+ }

        impl $name {
            /// Every variant, in the order in which they are documented.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word that stands for it in files, in the API and on the command line.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The variant that a word stands for.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

names! {
    /// A coefficient or count; what each means is said where it is computed.
    Measure {
        /// Gwet's percent agreement over pairable units, not corrected for chance.
        Percent = "percent",
        /// Krippendorff's alpha, which corrects for chance and for small samples.
        KrippendorffAlpha = "krippendorff_alpha",
        /// Cohen's kappa: two coders, each with shares of their own.
        CohenKappa = "cohen_kappa",
        /// Scott's pi: two coders with shares in common.
        ScottPi = "scott_pi",
        /// Fleiss' kappa: any number of coders with shares in common.
        FleissKappa = "fleiss_kappa",
        /// Conger's kappa: any number of coders, each with shares of their own.
        CongerKappa = "conger_kappa",
        /// Light's kappa: the mean of Cohen's kappa over all pairs.
        LightKappa = "light_kappa",
        /// Gwet's AC1.
        GwetAc1 = "gwet_ac1",
        /// Gwet's AC2: AC1 with weights.
        GwetAc2 = "gwet_ac2",
        /// Brennan and Prediger's coefficient: every category is as likely as any other.
        BrennanPrediger = "brennan_prediger",
        /// Of all "coded", the share that the other coder confirms.
        PositiveAgreement = "positive_agreement",
        /// Of all "not coded", the share that the other coder confirms.
        NegativeAgreement = "negative_agreement",
        /// Units that both coded, of those that either did.
        CodedOnlyAgreement = "coded_only_agreement",
        /// How far "coded" by both outweighs "not coded" by both.
        PrevalenceIndex = "prevalence_index",
        /// How much more the first coder codes than the second.
        BiasIndex = "bias_index",
        /// Holsti's 2M/(N1 + N2), over units.
        Holsti = "holsti",
        /// Alpha over sets of codes with Jaccard's distance.
        AlphaJaccard = "alpha_jaccard",
        /// Alpha over sets of codes with the MASI distance.
        AlphaMasi = "alpha_masi",
        /// Krippendorff's unitizing alpha over values and gaps.
        UAlpha = "u_alpha",
        /// The same with all values taken as one: marked or not.
        BarUAlpha = "bar_u_alpha",
        /// The same over what both coders marked: which value.
        CuAlpha = "cu_alpha",
        /// The same for one value.
        KuAlpha = "ku_alpha",
        /// F1 of spans with the same bounds.
        F1Exact = "f1_exact",
        /// F1 of spans with a character in common.
        F1Overlap = "f1_overlap",
        /// F1 of spans whose intersection over union reaches the threshold.
        F1Iou = "f1_iou",
    }
}

names! {
    /// What a result is about.
    Scope {
        /// One code, present or not.
        Code = "code",
        /// Coded with anything, or not.
        Any = "any",
        /// Coincidences summed over the codes.
        Pooled = "pooled",
        /// The unweighted mean over the codes where the measure is defined.
        Mean = "mean",
        /// A set of codes that exclude each other.
        Domain = "domain",
        /// The set of codes on a unit.
        Sets = "sets",
        /// A reliability matrix.
        Matrix = "matrix",
    }
}

names! {
    /// Why a value does not exist.
    Reason {
        /// Every value is the same: chance agreement cannot be told from agreement (0/0).
        NoVariation = "no_variation",
        /// No unit has values of two coders.
        NoPairableUnits = "no_pairable_units",
        /// Nothing was coded, or nothing of the kind that the measure counts.
        NoSpans = "no_spans",
        /// Fewer than two coders.
        OneCoder = "one_coder",
        /// The documents that two coders have finished hold no units at all.
        EmptyText = "empty_text",
        /// A coder's codes overlap inside a domain whose codes must exclude each other.
        OverlappingCodes = "overlapping_codes",
        /// A mean over pairs of which one has no value.
        UndefinedPair = "undefined_pair",
    }
}

names! {
    /// What agreement is counted over.
    Unit {
        /// Every code point: exact and weighted by length.
        Character = "character",
        /// Words, without white space.
        Token = "token",
        /// Sentences.
        Sentence = "sentence",
        /// Paragraphs.
        Paragraph = "paragraph",
        /// Whole documents: is the code there or not.
        Document = "document",
    }
}

names! {
    /// How much of a unit must be coded for the unit to count as coded.
    Coverage {
        /// At least one character of it.
        Any = "any",
        /// At least half of its characters.
        Half = "half",
    }
}

names! {
    /// The metric of a reliability matrix, for Krippendorff's alpha.
    Level {
        /// Same or different.
        Nominal = "nominal",
        /// In an order; distances come from how many values lie between.
        Ordinal = "ordinal",
        /// Squared differences.
        Interval = "interval",
        /// Squared differences relative to the sum; values of at least 0.
        Ratio = "ratio",
    }
}

names! {
    /// Credit for near misses, for the coefficients of Cohen, Fleiss, Scott, Conger, Gwet and Brennan-Prediger.
    Weights {
        /// Different is different.
        None = "none",
        /// By the difference of values.
        Linear = "linear",
        /// By the squared difference of values.
        Quadratic = "quadratic",
        /// By how many places apart two categories stand.
        Ordinal = "ordinal",
    }
}

names! {
    /// Whether units with a single rating count in the category shares of AC1/AC2, Fleiss and Scott.
    Marginals {
        /// They count: Gwet's convention.
        All = "all",
        /// They do not: only units with at least two ratings.
        Pairable = "pairable",
    }
}

names! {
    /// Which interval to compute.
    Interval {
        /// No interval.
        None = "none",
        /// Documents (or units of a matrix) drawn with replacement.
        Bootstrap = "bootstrap",
        /// Documents left out one at a time.
        Jackknife = "jackknife",
        /// A formula, for a matrix.
        Analytic = "analytic",
    }
}

names! {
    /// How a standard error and an interval were computed.
    CiMethod {
        /// Percentiles over draws with replacement.
        ClusterBootstrap = "cluster_bootstrap",
        /// From leaving out one document at a time.
        Jackknife = "jackknife",
        /// From a formula.
        Analytic = "analytic",
    }
}

impl Unit {
    /// The coverage rule used where none is named: half of a token, any part of a longer unit.
    #[must_use]
    pub fn default_coverage(self) -> Coverage {
        if self == Self::Token {
            Coverage::Half
        } else {
            Coverage::Any
        }
    }
}

impl Measure {
    /// Whether the measure is computed for all coders together.
    #[must_use]
    pub fn for_all(self) -> bool {
        use Measure as M;
        matches!(
            self,
            M::Percent
                | M::KrippendorffAlpha
                | M::FleissKappa
                | M::CongerKappa
                | M::LightKappa
                | M::GwetAc1
                | M::GwetAc2
                | M::BrennanPrediger
                | M::AlphaJaccard
                | M::AlphaMasi
                | M::UAlpha
                | M::BarUAlpha
                | M::CuAlpha
                | M::KuAlpha
        )
    }

    /// Whether the measure is computed for two coders at a time.
    #[must_use]
    pub fn for_pairs(self) -> bool {
        use Measure as M;
        !matches!(
            self,
            M::FleissKappa | M::CongerKappa | M::LightKappa | M::AlphaJaccard | M::AlphaMasi
        )
    }

    /// Whether the measure applies to a reliability matrix.
    #[must_use]
    pub fn in_matrix(self) -> bool {
        use Measure as M;
        matches!(
            self,
            M::Percent
                | M::KrippendorffAlpha
                | M::CohenKappa
                | M::ScottPi
                | M::FleissKappa
                | M::CongerKappa
                | M::LightKappa
                | M::GwetAc1
                | M::GwetAc2
                | M::BrennanPrediger
        )
    }

    /// Whether the measure compares the sets of codes on a unit.
    #[must_use]
    pub fn of_sets(self) -> bool {
        matches!(self, Self::AlphaJaccard | Self::AlphaMasi)
    }

    /// Whether the measure belongs to the unitizing family, which works on the continuum of characters.
    #[must_use]
    pub fn of_continuum(self) -> bool {
        matches!(
            self,
            Self::UAlpha | Self::BarUAlpha | Self::CuAlpha | Self::KuAlpha
        )
    }

    /// Whether the measure matches spans with spans.
    #[must_use]
    pub fn of_spans(self) -> bool {
        matches!(self, Self::F1Exact | Self::F1Overlap | Self::F1Iou)
    }

    /// Whether the measure counts units that are coded or not (a binary table per code).
    #[must_use]
    pub fn of_units(self) -> bool {
        !(self.of_sets() || self.of_continuum() || self.of_spans())
    }
}

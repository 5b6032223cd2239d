import type { MailTexts } from '../texts.ts'

export const ar: MailTexts = {
  'mails.reset.subject': 'اختيار كلمة مرور جديدة',
  'mails.reset.text':
    'مرحبًا {name}،\n\nطلب أحدهم كلمة مرور جديدة لهذا العنوان. لاختيارها افتح الرابط التالي خلال ساعة:\n\n{link}\n\n' +
    'إن لم تكن أنت من طلبها فلم يتغيّر شيء، ولا حاجة إلى أي إجراء.\n',
  'mails.invitation.subject': 'دعوة إلى {tenant}',
  'mails.invitation.text':
    'مرحبًا،\n\nيدعوك {inviter} إلى العمل في {tenant} على Holdfast. للقبول افتح الرابط التالي خلال سبعة أيام:\n\n{link}\n',
  'mails.sign_in.subject': 'تسجيل دخول جديد إلى حسابك',
  'mails.sign_in.text':
    'مرحبًا {name}،\n\nسجّل أحدهم الدخول إلى حسابك من جهاز لم نره من قبل:\n\n{device}\n{address}\n{at}\n\n' +
    'إن كنت أنت فلا حاجة إلى شيء. وإلا فأنهِ الجلسة وغيّر كلمة مرورك:\n\n{link}\n',
  'notices.conversation_assigned': 'أُسندت إليك المحادثة مع {title}',
  'notices.conversation_waiting': 'كتب إليك {title}',
  'notices.contact_blocked': 'كتب {title} كثيرًا دفعة واحدة فحُجزت رسائله',
  'notices.message_failed': 'لم تصل رسالتك إلى {title}',
  'notices.channel_needs_attention': 'تحتاج القناة {title} إلى انتباهك',
  'notices.run_failed': 'فشل تشغيل للمسار {title}',
  'notices.member_joined': 'انضمّ {title} إلى فريقك',
  'notices.quota_nearly_used': 'أوشك أحد حدود خطتك على النفاد',
  'notices.quota_used': 'نفد أحد حدود خطتك',
  'notices.webhook_failing': 'نقطة الويب هوك {title} لا تستجيب',
  'notices.webhook_disabled': 'أُوقفت نقطة الويب هوك {title}',
  'notices.diagnostics_failing': 'وجد الفحص اليومي لمساحة عملك مشكلة',
  'notices.diagnostics_well': 'الفحص اليومي لمساحة عملك يجد كل شيء سليمًا من جديد',
  'notices.other': 'جديد: {title}',
  'notices.many': '{count} أمور تنتظرك',
  'notices.mail':
    'مرحبًا {name}،\n\nهذا ما ينتظرك في {tenant}:\n\n{lines}\n\n{link}\n\nما تُبلَّغ به وكيف، تختاره هنا:\n\n{settings}\n',
}
